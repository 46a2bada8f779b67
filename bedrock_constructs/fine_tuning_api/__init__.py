"""OpenAI's API of files and fine-tuning jobs beside the inference API: routes, function and permissions."""
