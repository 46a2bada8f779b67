"""`kit cost`: estimates what deployment.toml costs, as a table or JSON; `plot` draws it, `stores` compares stores."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, environments_in, load_deployment_config
from deployment.costs.break_even import custom_base, serving_options
from deployment.costs.estimate import estimate
from deployment.costs.inference_api import Traffic
from deployment.datasets import prepare_datasets
from kit.cost import stores
from kit.cost.plot import SUFFIXES, plot
from kit.cost.table import as_json, as_table, environments_as_json, environments_as_table
from kit.deployment_arguments import add_file_arguments
from kit_contract.counted import counted


def add_arguments(parser: argparse.ArgumentParser) -> None:
    usual = Traffic()
    parser.add_argument(
        "what", nargs="?", choices=["plot", "stores"], help="draw monthly cost against traffic, or compare stores"
    )
    add_file_arguments(parser)
    parser.add_argument("--requests", type=_count, default=usual.requests, help="default: %(default)s")
    for flag, usual_value in (("--input-tokens", usual.input_tokens), ("--output-tokens", usual.output_tokens)):
        parser.add_argument(flag, type=_count, default=usual_value, help="per request (default: %(default)s)")
    parser.add_argument("--seconds", type=_seconds, default=usual.seconds, help="per request (default: %(default)s)")
    parser.add_argument("--json", action="store_true", help="print JSON")
    parser.add_argument(
        "--queries-per-month", type=_count, default=usual.requests, help="for stores (default: %(default)s)"
    )
    parser.add_argument("--documents", type=_positive, help="for stores: how many, in place of the folder's")
    parser.add_argument("--gigabytes", type=_gigabytes, help="for stores: of documents, in place of the folder's")
    parser.add_argument("--alias", help="for plot (default: the first with a customization, else the first)")
    parser.add_argument("--output", type=_picture, default=Path("cost.png"), help="for plot (default: %(default)s)")


def run(options: argparse.Namespace) -> int:
    traffic = Traffic(options.requests, options.input_tokens, options.output_tokens, options.seconds)
    if options.environment is None and options.what is None and (names := environments_in(options.config)):
        return _all_environments(options, names, traffic)
    config = load_deployment_config(options.config, options.environment)
    check_deployment(config, options.config.name, prices_accepted=False)  # you look at a price before you accept it
    if options.what == "stores":
        return _stores(config, traffic, options)
    if options.what == "plot":
        return _plot(config, traffic, options.alias, options.output)
    groups = estimate(config, prepare_datasets(config), traffic)
    print(as_json(config, traffic, groups) if options.json else as_table(config, groups))
    return 0


def _stores(config: DeploymentConfig, traffic: Traffic, options: argparse.Namespace) -> int:
    comparisons = stores.compare(
        config,
        queries=options.queries_per_month,
        query_tokens=traffic.input_tokens,
        count=options.documents,
        gigabytes=options.gigabytes,
    )
    print(stores.as_json(config, comparisons) if options.json else stores.as_table(config, comparisons))
    return 0


def _all_environments(options: argparse.Namespace, names: Sequence[str], traffic: Traffic) -> int:
    """Totals, one column an environment."""
    found = {}
    for name in names:
        config = load_deployment_config(options.config, name)
        check_deployment(config, options.config.name, prices_accepted=False)
        found[name] = (config, estimate(config, prepare_datasets(config), traffic))
    print(environments_as_json(found, traffic) if options.json else environments_as_table(found))
    return 0


def _plot(config: DeploymentConfig, traffic: Traffic, alias: str | None, output: Path) -> int:
    aliases = list(config.aliases)
    chosen = alias or next((name for name in aliases if custom_base(config, name)), aliases[0] if aliases else None)
    if chosen not in aliases:
        known = ", ".join(aliases) or "none: add [inference_api]"
        raise ConfigError([f"--alias: must be an alias of the API, got {chosen!r}; allowed: {known}"])
    if not traffic.input_tokens + traffic.output_tokens:
        raise ConfigError(["--input-tokens: must not be 0 when --output-tokens is 0; set one of them"])
    title = f"{config.deployment.name}, alias {chosen}, {config.deployment.region}"
    points = plot(serving_options(config, chosen, traffic), title, traffic, output)
    print(f"{output}: {counted(len(points), 'break-even point')}")
    return 0


def _picture(text: str) -> Path:
    if Path(text).suffix not in SUFFIXES:
        raise argparse.ArgumentTypeError(f"must end in {' or '.join(SUFFIXES)}, got {text!r}")
    return Path(text)


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) > 10**12:
        raise argparse.ArgumentTypeError(f"must be a whole number from 0 to 10^12, got {text!r}")
    return int(text)


def _positive(text: str) -> int:
    if not _count(text):
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {text!r}")
    return int(text)


def _gigabytes(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 10**6:
        raise argparse.ArgumentTypeError(f"must be above 0 and at most 10^6 gigabytes, got {text!r}")
    return value


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 900:
        raise argparse.ArgumentTypeError(f"must be 0 to 900 seconds, got {text!r}")
    return value
