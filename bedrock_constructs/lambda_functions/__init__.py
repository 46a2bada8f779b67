"""Lambda functions of the kit: their zip and their defaults."""
