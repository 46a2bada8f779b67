"""What Bedrock offers, as data with sources and dates, and typed lookups."""
