"""Aurora PostgreSQL: a real PostgreSQL with pgvector for each cluster, and the RDS Data API."""
