"""Measurements side by side with an alternative; run by hand, never by a test."""
