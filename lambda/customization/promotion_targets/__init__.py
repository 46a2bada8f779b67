"""What a promotion puts a model behind: one module each, and what they have in common in target.py."""
