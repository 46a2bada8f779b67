"""The collector: datasets and media in S3 -> one file in the base model's format in the training bucket."""
