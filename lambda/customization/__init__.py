"""The functions of the training workflow: start, check, metrics and promotion."""
