"""`kit capacity migrate`: from what is there to what deployment.toml says, with its price; begun only with --yes."""

import argparse
from typing import Any

from deployment.checks.deployment import check_deployment
from deployment.config import DeploymentConfig, load_deployment_config
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from kit.capacity.controller import CapacityError, CapacityFunction
from kit.capacity.table import sentence


def migrate(function: CapacityFunction, options: argparse.Namespace) -> int:
    """Raises CapacityError and ConfigError; the price must have been accepted in deployment.toml as for a deploy."""
    config = load_deployment_config(options.config)
    check_deployment(config, options.config.name)
    name = function.full_name(options.name)
    item = _section(config, name)
    (report,) = function.ask({"action": "status", "name": name})
    if report["status"] in ("absent", "not deployed"):
        raise CapacityError(f"{name} is {report['status']}: deploy the new settings, the next purchase takes them")
    commitment = None if item.commitment == "none" else item.commitment
    if (report["model_units"], report["commitment"]) == (item.model_units, commitment):
        print(f"{name} has {item.model_units} model unit(s) and commitment {item.commitment} already; deploy as always")
        return 0
    print(plan(report, item))
    if not options.yes:
        print("\nnothing was done; --yes accepts the price and begins")
        return 0
    event: dict[str, Any] = {"action": "migrate", "name": name, "model_units": item.model_units}
    for step in function.decide({**event, "commitment": commitment}):
        print(sentence(step))
    return 0


def plan(report: dict[str, Any], item: ProvisionedThroughput) -> str:
    """What happens, in order, and what each step costs. `report` is the function's, `item` what is wanted."""
    name, kept = report["name"], report["committed_until"]
    old = (
        f"rename the present one to {name}-kept: it is committed and billed beside the new one until {kept}, at most "
        f"{_usd(report['accepted_usd_per_hour'])} USD an hour, and is deleted then"
        if kept
        else "30 s later delete the present one"
    )
    total = f"; {item.accept_total_cost_usd:,.2f} USD at most for its whole term" if item.accept_total_cost_usd else ""
    return "\n".join(
        [
            f"{name}: {report['model_units']} model unit(s), commitment {report['commitment'] or 'none'} -> "
            f"{item.model_units} model unit(s), commitment {item.commitment}",
            f"  1  buy {name}-next: at most {_usd(item.accept_hourly_cost_usd)} USD an hour{total}",
            "  2  wait until it is in service (both are billed meanwhile), then send the alias's callers there",
            f"  3  {old}",
            f"  4  rename {name}-next to {name}",
            "  5  you deploy the same deployment.toml: CloudFormation finds what it says",
        ]
    )


def _section(config: DeploymentConfig, name: str) -> ProvisionedThroughput:
    for section, item in config.provisioned_throughput.items():
        if config.provisioned_model_name(section) == name:
            return item
    known = ", ".join(config.provisioned_model_name(section) for section in config.provisioned_throughput) or "none"
    raise CapacityError(f"{name} is not in deployment.toml; there are: {known}")


def _usd(amount: float | None) -> str:
    return "an unknown price in" if amount is None else f"{amount:,.2f}"
