"""An example: provisioned throughput is bought, its model swapped, and released while a client calls it."""
