"""Models that come into Bedrock without a customization job: what is there already, before another one is made."""
