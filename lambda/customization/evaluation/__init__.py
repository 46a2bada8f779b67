"""Evaluation between training and promotion: candidate and what serves now answer the same held-out records."""
