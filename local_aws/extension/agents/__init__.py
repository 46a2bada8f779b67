"""Amazon Bedrock AgentCore: what stacks have made of it, and what runs on that."""
