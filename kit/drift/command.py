"""`kit drift`: what is no longer as the last deploy left it, which models end, and whether prices are old.

Exit codes: 0 nothing, 1 something, 3 nothing, but something could not be looked at. It changes nothing.
"""

import argparse
from datetime import UTC, datetime
from pathlib import Path

from deployment.config import load_deployment_config
from kit.deploy.deployed_place import embedded_aws, your_account
from kit.deployment_arguments import add_deployment_arguments
from kit.drift.finding import Kind, as_json, as_text
from kit.drift.own import drift_of_serving, ends_and_prices
from kit.drift.stacks import drift_of_stacks
from kit.hint import as_given

DRIFT, UNKNOWN = 1, 3


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser, defaults=True)


def run(options: argparse.Namespace) -> int:
    path = Path(options.config).resolve()
    config = load_deployment_config(path, options.environment)
    place = embedded_aws(path, options.environment) if options.local else your_account(config, path)
    findings = [
        *drift_of_stacks(place.client("cloudformation"), config.stacks),
        *drift_of_serving(config, place.client),
        *ends_and_prices(config, datetime.now(UTC).date()),
    ]
    print(as_json(findings) if options.json else as_given(as_text(findings), options))
    if any(item.kind is not Kind.UNKNOWN for item in findings):
        return DRIFT
    return UNKNOWN if findings else 0
