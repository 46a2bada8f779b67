"""Custom::PgVectorTable: a table with its indexes in Aurora PostgreSQL, for the vectors of a knowledge base."""
