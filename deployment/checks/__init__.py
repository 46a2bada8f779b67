"""Checks that run before synth: all faults of deployment.toml are reported at once."""
