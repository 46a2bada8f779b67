"""Models that come into Bedrock without a customization job: one module a kind, and the states that they share."""
