"""`kit models`."""
