"""The sections of deployment.toml as frozen, typed models: one noun a file."""
