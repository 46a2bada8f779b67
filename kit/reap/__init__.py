"""`kit reap`."""
