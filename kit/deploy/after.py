"""What `kit deploy` tells after `cdk deploy`: customizations that are not served, and models that nobody uses."""

import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from billed_resources.kept_models import kept_models_lines, kept_models_of
from billed_resources.listing import clients as billed_clients
from deployment.config import DeploymentConfig
from deployment.costs.lines import amount
from deployment.costs.training import training_groups
from deployment.datasets import prepare_datasets
from kit.training_deploy import not_served
from kit_contract.stacks import training_stack


def outputs_of(file: Path, stack: str) -> Mapping[str, str]:
    """What the CDK wrote with --outputs-file; empty for a stack that it did not deploy."""
    if not file.is_file() or not file.stat().st_size:
        return {}
    outputs: Mapping[str, str] = json.loads(file.read_text(encoding="utf-8")).get(stack, {})
    return outputs


def tell_not_served(config: DeploymentConfig, outputs: Mapping[str, str]) -> int:
    """Exit code: 1 if an alias does not get the model of deployment.toml."""
    refused = not_served(config.training.customizations if config.training else (), outputs)
    costs = _training_costs(config) if any("--retrain" in reason for reason in refused.values()) else {}
    for name, reason in refused.items():
        cost = f" (about {costs[name]} USD)" if "--retrain" in reason else ""
        print(f"\n{name} does not serve: {reason}{cost}", file=sys.stderr)
    return 1 if refused else 0


def tell_kept_models(config: DeploymentConfig, cdk_arguments: Sequence[str]) -> None:
    region = config.deployment.region
    try:
        session = boto3.Session(profile_name=_profile(cdk_arguments), region_name=region)
        client: Any = session.client
        models = kept_models_of(config.deployment.name, billed_clients(client), region, datetime.now(UTC))
    except (ClientError, BotoCoreError) as error:
        print(f"\nwhether custom models are left without a customization could not be read: {error}", file=sys.stderr)
        return
    if lines := kept_models_lines(models, region):
        print("\n" + "\n".join(lines))


def training_outputs(config: DeploymentConfig, file: Path) -> Mapping[str, str]:
    return outputs_of(file, training_stack(config.deployment.name))


def _training_costs(config: DeploymentConfig) -> dict[str, str]:
    groups = training_groups(config, prepare_datasets(config))
    found = {}
    for group in groups:
        usd = next(line.usd for line in group.lines if line.part == "training")
        found[group.name.removeprefix("training.")] = "an unknown sum of" if usd is None else amount(usd)
    return found


def _profile(arguments: Sequence[str]) -> str | None:
    """The profile that the CDK was given."""
    for number, argument in enumerate(arguments):
        if argument.startswith("--profile="):
            return argument.partition("=")[2]
        if argument == "--profile" and number + 1 < len(arguments):
            return arguments[number + 1]
    return None
