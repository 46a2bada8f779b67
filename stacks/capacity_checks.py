"""Faults of a throughput's schedule, expiry, commitment and consent that follow from the section alone."""

import zoneinfo
from collections.abc import Iterator

from stacks.deployment_config import DeploymentConfig, ProvisionedThroughput
from stacks.provisioned_throughput_cost import committed_line


def capacity_faults(config: DeploymentConfig, *, consent: bool) -> Iterator[str]:
    """`consent` False leaves out whether the price was accepted, as estimates do."""
    served: dict[str, str] = {}
    for name, item in config.provisioned_throughput.items():
        where = f"provisioned_throughput.{name}"
        if consent:
            yield from _consent_faults(where, item, committed_line(name, config, item).usd)
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


def _consent_faults(where: str, item: ProvisionedThroughput, total_usd: float | None) -> Iterator[str]:
    """`total_usd` is the price of the whole term, None where the price list does not have it."""
    accepted = item.accept_total_cost_usd
    if item.commitment == "none":
        if accepted is not None:
            yield f"{where}.accept_total_cost_usd: is for a commitment, got commitment none; remove it"
        return
    price = "an unknown sum: hours of the term x the price you were told" if total_usd is None else f"{total_usd:.2f}"
    if accepted is None or (total_usd is not None and accepted < total_usd):
        yield (
            f"{where}.accept_total_cost_usd: commitment {item.commitment} cannot be ended earlier and costs {price} "
            f"USD in all, got {'no consent' if accepted is None else accepted}; set it to that or more to accept it"
        )


def _commitment_faults(where: str, item: ProvisionedThroughput) -> Iterator[str]:
    if item.commitment == "none":
        return
    for setting, value in (("schedule", item.schedule), ("release_when_idle_hours", item.release_when_idle_hours)):
        if value is not None:
            yield (
                f"{where}.{setting}: cannot be with commitment {item.commitment}, which is billed and cannot be "
                'released until its end; remove it, or use commitment = "none"'
            )
