"""What a deployment costs: one file a section, and the estimate over all of them."""
