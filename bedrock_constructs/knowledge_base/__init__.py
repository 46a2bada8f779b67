"""A knowledge base, its documents and vectors, and their ingestion."""
