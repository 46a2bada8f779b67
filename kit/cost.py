"""`kit cost`: what deployment.toml costs, as a table for people or as JSON for programs; `kit cost plot`: a picture."""

import argparse
import sys
from pathlib import Path

from kit.cost_table import as_json, as_table
from stacks.customization_dataset import prepare_datasets
from stacks.deployment_checks import check_deployment
from stacks.deployment_config import ConfigError, load_deployment_config
from stacks.deployment_cost import estimate
from stacks.request_cost import Traffic


def add_arguments(parser: argparse.ArgumentParser) -> None:
    usual = Traffic()
    parser.add_argument("--config", type=Path, default=Path("deployment.toml"), help="default: deployment.toml")
    parser.add_argument("--requests", type=_count, default=usual.requests, help="how many (default: %(default)s)")
    parser.add_argument(
        "--input-tokens", type=_count, default=usual.input_tokens, help="of each (default: %(default)s)"
    )
    parser.add_argument(
        "--output-tokens", type=_count, default=usual.output_tokens, help="of each (default: %(default)s)"
    )
    parser.add_argument("--seconds", type=_seconds, default=usual.seconds, help="of each (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="for programs")


def run(options: argparse.Namespace) -> int:
    traffic = Traffic(options.requests, options.input_tokens, options.output_tokens, options.seconds)
    try:
        config = load_deployment_config(options.config)
        check_deployment(config, options.config.name)
        groups = estimate(config, prepare_datasets(config), traffic)
    except ConfigError as error:
        print(error, file=sys.stderr)
        return 1
    print(as_json(config, traffic, groups) if options.json else as_table(config, groups))
    return 0


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 10**12:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 10^12, got {text!r}")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 900:
        raise argparse.ArgumentTypeError(f"must be 0 to 900 seconds, got {text!r}")
    return value
