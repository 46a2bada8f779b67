"""The vector stores of knowledge bases: what Bedrock checks of each when a knowledge base is made with it."""
