"""`kit agents`: one module of this package for each action; without one, the list."""

import argparse

from kit.deployment_arguments import add_deployment_arguments
from kit.parser import add_actions

ACTIONS = {
    "list": "the agents of deployment.toml: model, memory, tools, and which of those need approval",
    "ask": "ask an agent through the API; you decide about tools that need approval",
    "evaluate": "ask an agent the questions of a file, and compare tools, arguments and answers with the expected ones",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)
    add_actions(parser, "kit.agents", ACTIONS, without="default: list")


def run(options: argparse.Namespace) -> int:
    from kit.agents.list import run as show_list

    return show_list(options)
