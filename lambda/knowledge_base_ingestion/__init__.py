"""Ingests changed documents into a knowledge base, one job at a time, and reports statistics and failures."""
