"""What a CI system needs in AWS to look at a deployment and to deploy it."""
