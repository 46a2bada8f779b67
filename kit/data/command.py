"""`kit data`: one module of this package per action."""

import argparse

from kit.parser import add_actions

ACTIONS = {
    "check": "check a dataset against every rule that Bedrock has for the base model, before you pay for a job",
    "convert": "convert chats, Alpaca, ShareGPT, CSV, Parquet or logs to the records of a model and method",
    "split": "split a dataset into training and validation set: seeded, similar lengths, no duplicates across",
    "stats": "count tokens, turns, duplicates, similar records, classes, languages and cost; draw the lengths",
    "show": "print records as the model sees them: system prompt, turns, media, tokens",
    "grade": "call a grader of reinforcement fine-tuning with right and empty answers, before you pay for a job",
    "redact": "remove personal data and secrets from the texts, and count them by kind",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_actions(parser, "kit.data", ACTIONS)
