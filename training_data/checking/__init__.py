"""Checks records and datasets against Bedrock's rules."""
