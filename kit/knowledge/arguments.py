"""Arguments that every action takes, before or after its name, and those of a search."""

import argparse

from kit.deployment_arguments import add_deployment_arguments


def add_common_arguments(parser: argparse.ArgumentParser, *, defaults: bool = False) -> None:
    """`defaults`: see add_deployment_arguments."""
    add_deployment_arguments(parser, defaults=defaults)
    default = None if defaults else argparse.SUPPRESS
    which = "of this knowledge base; may be given several times (default: all, or the only one)"
    parser.add_argument("--knowledge-base", metavar="NAME", action="append", default=default, help=which)


def add_filter(parser: argparse.ArgumentParser) -> None:
    text = "only documents whose metadata fits: KEY=VALUE (all of several must fit), or Bedrock's RetrievalFilter"
    parser.add_argument("--filter", metavar="FILTER", action="append", default=[], help=text)
