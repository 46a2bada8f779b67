"""Releases and buys back provisioned throughput: by schedule, expiry, idleness, budget, or because a person says so."""
