"""What a deployment costs: a file per section, the estimate over all of them, and break-even points."""
