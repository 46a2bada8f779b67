"""The stacks of a deployment. They compose constructs and nothing else."""
