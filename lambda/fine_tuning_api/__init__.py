"""OpenAI's API of files and fine-tuning jobs, mapped to runs of the training workflow."""
