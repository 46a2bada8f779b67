"""Reads files as people have them, record by record."""
