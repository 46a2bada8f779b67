"""`kit init`."""
