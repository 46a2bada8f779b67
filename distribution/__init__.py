"""Builds the package that `pip install` takes: what it holds, and how its modules name each other."""
