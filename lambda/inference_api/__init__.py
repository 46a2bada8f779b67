"""The inference API: OpenAI-compatible requests, answered by Bedrock models and knowledge bases."""
