"""`kit keys`."""
