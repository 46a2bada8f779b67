"""Faults of a throughput's schedule, expiry and commitment that follow from the section alone."""

import zoneinfo
from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.provisioned_throughput import ProvisionedThroughput


def capacity_faults(config: DeploymentConfig) -> Iterator[str]:
    served: dict[str, str] = {}
    for name, item in config.provisioned_throughput.items():
        where = f"provisioned_throughput.{name}"
        yield from _commitment_faults(where, item)
        if item.schedule and item.schedule.time_zone not in zoneinfo.available_timezones():
            yield (
                f"{where}.schedule.time_zone: must be a name of the IANA time zone database such as Europe/Vienna, got "
                f"{item.schedule.time_zone!r}"
            )
        if item.schedule and len(set(item.schedule.days)) != len(item.schedule.days):
            yield f"{where}.schedule.days: each day once, got {', '.join(item.schedule.days)}"
        for what, key in (("customization", item.customization), ("alias", item.alias)):
            if key and (owner := served.setdefault(f"{what} {key}", name)) != name:
                yield f"{where}.{what}: {key!r} already has the throughput {owner!r}; one each, remove one of them"


def _commitment_faults(where: str, item: ProvisionedThroughput) -> Iterator[str]:
    if item.commitment == "none":
        return
    for setting, value in (("schedule", item.schedule), ("release_when_idle_hours", item.release_when_idle_hours)):
        if value is not None:
            yield (
                f"{where}.{setting}: cannot be with commitment {item.commitment}, which is billed and cannot be "
                'released until its end; remove it, or use commitment = "none"'
            )
