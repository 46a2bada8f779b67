"""`kit agents`: lists, asks and evaluates the agents of a deployment."""
