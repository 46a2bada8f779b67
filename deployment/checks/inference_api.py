"""Faults of [inference_api.aliases.*]: the foundation model, and an order in which nothing can serve the alias."""

import datetime
from collections.abc import Iterator

from deployment.checks.models import model_faults, require_answers
from deployment.config import DeploymentConfig


def inference_api_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    for name, alias in config.aliases.items():
        where = f"inference_api.aliases.{name}"
        yield from model_faults(f"{where}.model", alias.model, config, today, require_answers)
        available = _available_targets(config, name)
        if not available & set(alias.order):
            yield (
                f"{where}.order: must name a target that this deployment has for the alias, "
                f"got {', '.join(alias.order)}; allowed: {', '.join(sorted(available))}; add one of these"
            )


def _available_targets(config: DeploymentConfig, alias: str) -> set[str]:
    found = {"base"} | {item.serving for item in config.customizations.values() if item.alias == alias}
    throughputs = config.provisioned_throughput.values()
    return found | {"provisioned" for item in throughputs if item.alias == alias}
