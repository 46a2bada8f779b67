"""Releases provisioned throughput and buys it back: by schedule, expiry, idleness, budget, or on request."""
