"""The steps of the training workflow: start, check, metrics, promotion, publication."""
