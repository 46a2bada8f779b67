"""POST /v1/chat/completions, in the dialect of OpenAI."""
