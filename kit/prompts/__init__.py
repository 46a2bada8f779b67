"""`kit prompts`."""
