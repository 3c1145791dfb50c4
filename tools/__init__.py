"""What keeps the project in order, run by hand and by the build: no part of the program."""
