"""`kit capacity migrate`: changes model units or commitment without a gap; shows the plan and its price first."""

import argparse
from typing import Any

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from kit.capacity.controller import CapacityFunction, connect
from kit.capacity.table import sentence
from kit.hint import as_given
from kit_contract.counted import counted
from kit_contract.errors import KitError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--yes", action="store_true", help="accept the price and start")


def run(options: argparse.Namespace) -> int:
    return migrate(connect(options.config, options.environment, local=options.local), options)


def migrate(function: CapacityFunction, options: argparse.Namespace) -> int:
    """Raises KitError. As for a deploy, deployment.toml must accept the price."""
    config = load_deployment_config(options.config, options.environment)
    check_deployment(config, options.config.name)
    name = function.full_name(options.name)
    item = _section(config, name)
    (report,) = function.ask({"action": "status", "name": name})
    if report["status"] in ("absent", "not deployed"):
        raise KitError(f"{name} is {report['status']}: deploy the new settings, the next purchase uses them")
    commitment = None if item.commitment == "none" else item.commitment
    if (report["model_units"], report["commitment"]) == (item.model_units, commitment):
        units = counted(item.model_units, "model unit")
        print(f"{name} already has {units} and commitment {item.commitment}; deploy as usual")
        return 0
    print(plan(report, item))
    if not options.yes:
        print("\nnothing was changed; --yes accepts the price and starts")
        return 0
    event: dict[str, Any] = {"action": "migrate", "name": name, "model_units": item.model_units}
    for step in function.decide({**event, "commitment": commitment}):
        print(as_given(sentence(step), options))
    return 0


def plan(report: dict[str, Any], item: ProvisionedThroughput) -> str:
    """The steps in order, with what each costs. `report` comes from the function, `item` from deployment.toml."""
    name, kept = report["name"], report["committed_until"]
    old = (
        f"rename the current one to {name}-kept: it is committed and billed beside the new one until {kept}, at most "
        f"{_usd(report['accepted_usd_per_hour'])} USD an hour, and is then deleted"
        if kept
        else "30 s later, delete the current one"
    )
    total = f"; at most {item.accept_total_cost_usd:,.2f} USD for the whole term" if item.accept_total_cost_usd else ""
    return "\n".join(
        [
            f"{name}: {counted(report['model_units'], 'model unit')}, commitment {report['commitment'] or 'none'} -> "
            f"{counted(item.model_units, 'model unit')}, commitment {item.commitment}",
            f"  1  buy {name}-next: at most {_usd(item.accept_hourly_cost_usd)} USD an hour{total}",
            "  2  wait until it is in service (both are billed meanwhile), then point the alias to it",
            f"  3  {old}",
            f"  4  rename {name}-next to {name}",
            "  5  you deploy the same deployment.toml; CloudFormation changes nothing more",
        ]
    )


def _section(config: DeploymentConfig, name: str) -> ProvisionedThroughput:
    for section, item in config.provisioned_throughput.items():
        if config.provisioned_model_name(section) == name:
            return item
    known = ", ".join(config.provisioned_model_name(section) for section in config.provisioned_throughput) or "none"
    raise ConfigError([f"{name} is not in deployment.toml; allowed: {known}"])


def _usd(amount: float | None) -> str:
    return "an unknown number of" if amount is None else f"{amount:,.2f}"
