"""Provisioned throughput, and the controller that buys and releases it."""
