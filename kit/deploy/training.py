"""What `kit deploy` tells of training: customizations that are not served, and models that no customization uses."""

import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from deployment.config import DeploymentConfig
from kit.training_deploy import held_back, kept, not_served
from kit_contract.errors import InputError
from kit_contract.stacks import training_stack

if TYPE_CHECKING:
    from billed_resources.listing import Clients

RETRAIN, RETRY_FAILED = "--retrain", "--retry-failed"


def check_retrain(config: DeploymentConfig, names: Sequence[str]) -> None:
    known = config.training.customizations if config.training else {}
    if strangers := sorted(set(names) - set(known)):
        raise InputError(
            f"{RETRAIN} takes customizations of deployment.toml, got {', '.join(strangers)}; "
            f"allowed: {', '.join(sorted(known)) or 'none'}"
        )


def report_training(config: DeploymentConfig, clients: "Clients", said: Callable[[str], str] = str) -> int:
    """Exit code: 1 if an alias does not get the model of deployment.toml. `said` gives commands their options."""
    outputs = _outputs(config, clients) if config.training else {}
    refused = not_served(config.custom_models, outputs)
    for name, reason in kept(config.custom_models, outputs).items():
        print(f"\n{name} keeps its previous model, by its evaluation: {said(reason)}")
    for name, reason in held_back(config.custom_models, outputs).items():
        print(f"\n{name} keeps the model that serves: {said(reason)}")
    paid = {name for name, reason in refused.items() if RETRAIN in reason or RETRY_FAILED in reason}
    costs = _training_costs(config) if paid else {}
    for name, reason in refused.items():
        cost = f" (about {costs[name]})" if name in paid else ""
        print(f"\n{name} does not serve: {said(reason)}{cost}", file=sys.stderr)
    _report_kept_models(config, clients)
    return 1 if refused else 0


def _report_kept_models(config: DeploymentConfig, clients: "Clients") -> None:
    from botocore.exceptions import BotoCoreError, ClientError

    from billed_resources.kept_models import kept_models_lines, kept_models_of

    region = config.deployment.region
    try:
        models = kept_models_of(config.deployment.name, clients, region, datetime.now(UTC))
    except (ClientError, BotoCoreError) as error:
        print(f"\nwarning: whether custom models are left without a customization is unknown: {error}", file=sys.stderr)
        return
    if lines := kept_models_lines(models, region):
        print("\n" + "\n".join(lines))


def _outputs(config: DeploymentConfig, clients: "Clients") -> Mapping[str, str]:
    from botocore.exceptions import BotoCoreError, ClientError

    stack = training_stack(config.deployment.name)
    try:
        (found,) = clients.cloudformation.describe_stacks(StackName=stack)["Stacks"]
    except (ClientError, BotoCoreError) as error:
        print(f"\nwarning: whether the customizations are served is unknown: {error}", file=sys.stderr)
        return {}
    return {item["OutputKey"]: item["OutputValue"] for item in found.get("Outputs", [])}


def _training_costs(config: DeploymentConfig) -> dict[str, str]:
    from deployment.costs.lines import amount
    from deployment.costs.training import training_groups
    from deployment.datasets import prepare_datasets

    found = {}
    for group in training_groups(config, prepare_datasets(config)):
        usd = next(line.usd for line in group.lines if line.part == "training")
        found[group.name.removeprefix("training.")] = "an unknown sum" if usd is None else f"{amount(usd)} USD"
    return found
