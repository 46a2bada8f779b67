"""Bedrock's evaluation jobs: requests, records, a model that judges, results in S3."""
