"""Vectors in Aurora PostgreSQL Serverless v2 with pgvector: searches match meaning and words; it pauses when idle."""
