"""The inference API: REST API, functions, permissions and gateway responses."""
