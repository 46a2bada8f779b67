"""`kit prompts`: one module of this package for each action; without one, the list."""

import argparse

from kit.deployment_arguments import add_deployment_arguments
from kit.parser import add_actions

ACTIONS = {
    "list": "the prompts of deployment.toml: version, variables, and which aliases and agents use them",
    "show": "the text of a prompt, and its versions in Bedrock",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    add_actions(parser, "kit.prompts", ACTIONS, without="default: list")


def run(options: argparse.Namespace) -> int:
    from kit.prompts.list import run as show_list

    return show_list(options)
