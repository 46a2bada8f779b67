"""The training workflow: data and settings in, a custom model behind an alias out."""
