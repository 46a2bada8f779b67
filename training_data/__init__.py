"""Check, convert and prepare datasets for model customization; standard library only, so Lambda can carry it."""
