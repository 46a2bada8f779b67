"""`kit drift`."""
