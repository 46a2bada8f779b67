"""The command line: python -m kit."""
