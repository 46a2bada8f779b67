"""Arguments that every action takes, before or after its name."""

import argparse

from kit.deployment_arguments import add_deployment_arguments

RUN = "the beginning of its id, or a customization for its newest run"


def add_common_arguments(parser: argparse.ArgumentParser, *, defaults: bool = False) -> None:
    """`defaults`: see add_deployment_arguments."""
    add_deployment_arguments(parser, defaults=defaults)
    default = None if defaults else argparse.SUPPRESS
    of_one = "only runs of this customization"
    parser.add_argument("--customization", metavar="NAME", default=default, help=of_one)
