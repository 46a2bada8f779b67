"""What code on both sides of a border agrees on: names, run specifications and errors.

Constructs, stacks, kit and the Lambda functions import it; it imports nothing of ours and is zipped into each function.
"""
