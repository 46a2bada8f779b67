"""`kit schema`."""
