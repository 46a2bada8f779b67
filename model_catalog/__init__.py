"""What Bedrock offers, as data with source and date, and typed lookups."""
