"""Custom::BedrockProvisionedThroughput, and what it shares with the controller: purchase, release, ledger, quota."""
