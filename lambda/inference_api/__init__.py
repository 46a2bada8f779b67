"""The API in front of the aliases and the knowledge bases: OpenAI's wire shape outside, Bedrock inside."""
