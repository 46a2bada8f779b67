"""POST /v1/messages, in the dialect of Anthropic, for every model."""
