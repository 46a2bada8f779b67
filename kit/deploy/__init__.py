"""`kit deploy`."""
