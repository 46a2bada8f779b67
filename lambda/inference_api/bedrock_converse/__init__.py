"""Bedrock's dialect: Converse and ConverseStream with an alias in place of a model id."""
