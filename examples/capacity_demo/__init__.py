"""A provisioned throughput bought, swapped and released while a client calls it."""
