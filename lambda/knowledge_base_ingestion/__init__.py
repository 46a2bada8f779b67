"""Ingestion of changed documents: one job at a time, its statistics and failures reported."""
