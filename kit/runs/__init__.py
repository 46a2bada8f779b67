"""`kit runs`."""
