"""Fuzz targets: every reader, with what must be true of whatever it is given."""
