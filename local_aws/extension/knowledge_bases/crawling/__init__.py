"""Bedrock's web crawler: robots.txt, scope, filters, limits; over the loopback interface only."""
