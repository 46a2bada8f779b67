"""`kit models`: lists, shows and compares the models of the catalog; `refresh` updates it from AWS."""

import argparse

from kit.models.list_models import add_filters, list_models
from kit.parser import add_actions

ACTIONS = {
    "show": "show one model in full, with the source of every value",
    "compare": "show models side by side",
    "refresh": "update the catalog with what AWS lists and charges, using your credentials",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_filters(parser)
    add_actions(parser, "kit.models", ACTIONS, without="default: list the models that match the filters")


def run(options: argparse.Namespace) -> int:
    return list_models(options)


def add_output_arguments(parser: argparse.ArgumentParser) -> None:
    """The list has --region and --json too: SUPPRESS keeps what was given before the action."""
    parser.add_argument(
        "--region", default=argparse.SUPPRESS, help="show prices of this region (default: us-east-1 if offered there)"
    )
    parser.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="print JSON")
