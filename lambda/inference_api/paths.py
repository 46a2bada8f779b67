"""Paths of the API that several modules name, and the header that tells a dialect where the path does not."""

DESCRIPTION = "/openapi.json"
MODELS = "/v1/models"
MESSAGES = "/v1/messages"
RESPONSES = "/v1/responses/"  # and the id of one
BEDROCK = "/model/"  # and the alias, and the operation
ANTHROPIC_VERSION = "anthropic-version"  # Anthropic's clients send it with each request
