"""`kit capacity`."""
