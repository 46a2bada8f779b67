"""Model customization: jobs, the data they read, what they write."""
