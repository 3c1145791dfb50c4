"""Documents in the forms that leave the program."""
