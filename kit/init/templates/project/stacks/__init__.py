"""Stacks of your own; app.py says how to add one."""
