"""POST /v1/responses, in the dialect of OpenAI."""
