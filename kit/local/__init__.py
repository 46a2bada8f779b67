"""`kit local`."""
