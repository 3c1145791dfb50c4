"""Measurements; one command reproduces every figure in the documents."""
