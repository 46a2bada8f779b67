"""`kit verify`."""
