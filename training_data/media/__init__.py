"""Images and videos that records name: where they are, what they are, and whether Bedrock takes them."""
