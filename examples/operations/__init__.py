"""A picture of the dashboard, for docs/operations.md."""
