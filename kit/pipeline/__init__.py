"""`kit pipeline`."""
