"""`kit data`."""
