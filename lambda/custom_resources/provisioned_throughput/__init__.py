"""Custom::BedrockProvisionedThroughput and what it shares with the controller."""
