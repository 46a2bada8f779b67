"""Documents, their vectors, the knowledge base over both, and ingestion."""
