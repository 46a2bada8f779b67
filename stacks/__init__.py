"""What is deployed together: thin stacks, composition only."""
