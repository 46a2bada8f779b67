"""Faults of [provisioned_throughput.*] whose price the file does not accept."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.costs.lines import FETCH
from deployment.costs.provisioned_throughput import (
    HOURS_PER_MONTH,
    base_model,
    committed_line,
    committed_months,
    hourly_price,
)
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from kit_contract.counted import counted
from model_catalog.prices import Price


def price_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, item in config.provisioned_throughput.items():
        if base_model(config, item) is None:
            continue  # reported with the section's model or customization
        where = f"provisioned_throughput.{name}"
        found = hourly_price(config, item)
        if found is None:
            yield from _unknown_price_faults(where, config, item)
        else:
            yield from _hourly_price_faults(where, config, item, found)
        yield from _total_price_faults(where, item, committed_line(name, config, item).usd)


def _unknown_price_faults(where: str, config: DeploymentConfig, item: ProvisionedThroughput) -> Iterator[str]:
    if item.accept_unknown_price:
        return
    yield (
        f"{where}.accept_unknown_price: no price is known for {_bought(config, item)}{_term(item)}; fetch it with: "
        f"{FETCH}, or ask AWS for it and set accept_unknown_price = true"
    )


def _hourly_price_faults(
    where: str, config: DeploymentConfig, item: ProvisionedThroughput, found: Price
) -> Iterator[str]:
    hourly = round(found.usd * item.model_units, 6)
    accepted = item.accept_hourly_cost_usd
    if accepted is not None and accepted >= hourly:
        return
    got = "nothing" if accepted is None else accepted
    source = f"{found.source}, {found.date}{'' if found.verified else ', not verified with AWS'}"
    monthly = f"{hourly * HOURS_PER_MONTH:,.2f} USD a month{_term(item, hourly)}"
    yield (
        f"{where}.accept_hourly_cost_usd: {_bought(config, item)} costs {hourly:,.2f} USD an hour, {monthly} "
        f"({source}); got {got}; set it to {_exact(hourly)} or more to accept the price"
    )


def _total_price_faults(where: str, item: ProvisionedThroughput, total: float | None) -> Iterator[str]:
    accepted = item.accept_total_cost_usd
    where = f"{where}.accept_total_cost_usd"
    if item.commitment == "none":
        if accepted is not None:
            yield f"{where}: is only for a commitment, got {accepted} with commitment none; remove it"
        return
    if accepted is None or (total is not None and accepted < round(total, 6)):
        price = "an unknown amount (hours of the term x the price AWS told you)" if total is None else _exact(total)
        yield (
            f"{where}: commitment {item.commitment} cannot be ended early and costs {price} USD in total, got "
            f"{'nothing' if accepted is None else accepted}; set it to that or more to accept it"
        )


def _bought(config: DeploymentConfig, item: ProvisionedThroughput) -> str:
    kind = "without commitment" if item.commitment == "none" else f"with commitment {item.commitment}"
    return (
        f"{counted(item.model_units, 'model unit')} of {base_model(config, item)} {kind} in {config.deployment.region}"
    )


def _exact(usd: float) -> str:
    """A number that can be copied into deployment.toml: rounded to cents it could be too low."""
    return f"{usd:.6f}".rstrip("0").rstrip(".")


def _term(item: ProvisionedThroughput, hourly: float | None = None) -> str:
    months = committed_months(item)
    if not months:
        return ""
    price = f"{hourly * HOURS_PER_MONTH * months:,.2f}" if hourly else "an unknown amount"
    return f", {price} USD in total for {counted(months, 'month')} that cannot be ended early and renew themselves"
