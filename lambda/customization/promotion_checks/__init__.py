"""What is asked of a new model before and after it serves all callers: smoke prompts, canary, watch."""
