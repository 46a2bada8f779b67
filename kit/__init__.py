"""What a person types: python -m kit."""
