"""`kit models`: lists, shows, compares and refreshes what Bedrock offers, from the catalog in this folder."""

import argparse
import importlib
import sys

from model_catalog.catalog import CatalogError
from model_catalog.selection import ANY_METHOD, SORT_KEYS, method_name

METHODS = ("FINE_TUNING", "DISTILLATION", "REINFORCEMENT_FINE_TUNING", "CONTINUED_PRE_TRAINING")
MODALITIES = ("text", "image", "video", "audio", "speech", "embedding")
ACTIONS = {
    "show": "one model in full, every value with its source",
    "compare": "models side by side",
    "refresh": "ask AWS anew, with your credentials, what it lists and charges",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    _add_filters(parser)
    actions = parser.add_subparsers(dest="action", metavar="ACTION", help="without one: list the models that fit")
    show, compare, refresh = (actions.add_parser(name, help=text) for name, text in ACTIONS.items())
    show.add_argument("models", nargs=1, metavar="ID", help="an inference, profile or customization id")
    compare.add_argument("models", nargs="+", metavar="ID")
    for action in (show, compare):
        action.add_argument(
            "--region", default=argparse.SUPPRESS, help="whose prices (default: us-east-1 if offered there)"
        )
        action.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="for programs")
    refresh.add_argument("--regions", nargs="+", metavar="REGION", help="default: every region of your account")
    refresh.add_argument("--dry-run", action="store_true", help="show the difference, write nothing")


def _add_filters(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--provider", help="part of the provider's name")
    parser.add_argument("--modality", choices=MODALITIES, help="takes this as input")
    parser.add_argument("--output", choices=MODALITIES, help="gives this")
    parser.add_argument("--region", help="can be called from this region (with --customizable: trained in it)")
    parser.add_argument(
        "--customizable",
        nargs="?",
        const=ANY_METHOD,
        type=method_name,
        choices=(ANY_METHOD, *METHODS),
        metavar="METHOD",
        help=f"{', '.join(METHODS)}; default: any",
    )
    parser.add_argument("--serve", choices=("on-demand", "provisioned"), help="with --customizable: the custom model")
    parser.add_argument("--min-context", type=int, metavar="TOKENS")
    parser.add_argument("--max-price-in", type=float, metavar="USD", help="per million input tokens")
    parser.add_argument("--max-price-out", type=float, metavar="USD", help="per million output tokens")
    parser.add_argument("--tools", action="store_true", help="calls tools")
    parser.add_argument("--streaming", action="store_true", help="streams its answer")
    parser.add_argument("--active", action="store_true", help="is not Legacy")
    parser.add_argument("--sort", choices=tuple(SORT_KEYS), default="id")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    module = importlib.import_module(f"kit.models.{options.action or 'list_models'}")
    try:
        return int(module.run(options))
    except CatalogError as error:
        print(f"kit models: {error}", file=sys.stderr)
        return 2
