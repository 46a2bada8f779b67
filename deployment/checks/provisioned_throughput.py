"""Faults of [provisioned_throughput.*] but for the price: what it serves, schedule, commitment."""

import datetime
import zoneinfo
from collections.abc import Iterator

from deployment.checks.models import model_faults
from deployment.config import DeploymentConfig
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from model_catalog import catalog, lifecycle


def provisioned_throughput_faults(config: DeploymentConfig, today: datetime.date) -> Iterator[str]:
    owners: dict[str, str] = {}
    for name, item in config.provisioned_throughput.items():
        where = f"provisioned_throughput.{name}"
        if item.model is not None:
            yield from model_faults(f"{where}.model", item.model, config, today, _require_provisionable)
        yield from _target_faults(where, item, config)
        yield from _commitment_faults(where, item)
        yield from _schedule_faults(where, item)
        for what, key in (("customization", item.customization), ("alias", item.alias)):
            if key and (owner := owners.setdefault(f"{what} {key}", name)) != name:
                yield (
                    f"{where}.{what}: {key!r} already has the provisioned throughput {owner!r}; "
                    "only one is allowed, remove one of them"
                )


def _require_provisionable(identifier: str, region: str) -> None:
    catalog.provisionable(identifier, region)
    lifecycle.require_trainable(identifier, region)


def _target_faults(where: str, item: ProvisionedThroughput, config: DeploymentConfig) -> Iterator[str]:
    if (item.model is None) == (item.customization is None):
        yield f"{where}: set either model or customization, got {'both' if item.model else 'neither'}"
    if item.customization is not None and item.customization not in config.custom_models:
        yield (
            f"{where}.customization: {item.customization!r} is not a custom model of [training]; "
            f"allowed: {', '.join(sorted(config.custom_models)) or 'none: add [training]'}"
        )
    if item.alias is not None and item.alias not in config.aliases:
        allowed = ", ".join(sorted(config.aliases)) or "none: add [inference_api]"
        yield f"{where}.alias: {item.alias!r} is not an alias of the API; allowed: {allowed}"


def _schedule_faults(where: str, item: ProvisionedThroughput) -> Iterator[str]:
    if item.schedule is None:
        return
    if item.schedule.time_zone not in zoneinfo.available_timezones():
        yield (
            f"{where}.schedule.time_zone: must be a name of the IANA time zone database such as Europe/Vienna, got "
            f"{item.schedule.time_zone!r}"
        )
    if len(set(item.schedule.days)) != len(item.schedule.days):
        yield f"{where}.schedule.days: must name each day once, got {', '.join(item.schedule.days)}; remove one"


def _commitment_faults(where: str, item: ProvisionedThroughput) -> Iterator[str]:
    if item.commitment == "none":
        return
    for setting, value in (("schedule", item.schedule), ("release_when_idle_hours", item.release_when_idle_hours)):
        if value is not None:
            yield (
                f"{where}.{setting}: not allowed with commitment {item.commitment}, which is billed until its end and "
                'cannot be released; remove it, or use commitment = "none"'
            )
