"""What deployment.toml says: its sections, the checks that hold before synth, its costs and its datasets."""
