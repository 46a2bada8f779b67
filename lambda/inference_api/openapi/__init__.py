"""The OpenAPI description of the API, made from the code of the dialects. No function imports it."""
