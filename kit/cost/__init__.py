"""`kit cost`."""
