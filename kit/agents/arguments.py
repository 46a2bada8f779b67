"""The argument that names an agent."""

import argparse


def add_agent_argument(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--agent", metavar="NAME", help="can be left out if there is only one")
