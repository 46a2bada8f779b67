"""Converts records to the formats of Bedrock's base models."""
