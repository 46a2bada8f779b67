"""`kit diff`."""
