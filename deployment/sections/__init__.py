"""The sections of deployment.toml as frozen, typed models: one file per section."""
