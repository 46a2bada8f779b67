"""Custom Model Import: jobs that read a model of Hugging Face's format from S3, and the models that they leave."""
