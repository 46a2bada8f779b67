"""A model that is trained, evaluated by its loss and put behind an alias, from what a user knows of it."""
