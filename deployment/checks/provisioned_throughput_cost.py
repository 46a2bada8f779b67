"""Consent to what provisioned throughput costs: a deployment whose price nobody accepted is not synthesized."""

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
from model_catalog.prices import Price


def consent_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, item in config.provisioned_throughput.items():
        if base_model(config, item) is None:
            continue  # reported with the section's model or customization
        where = f"provisioned_throughput.{name}"
        found = hourly_price(config, item)
        if found is None:
            yield from _unknown(where, config, item)
        else:
            yield from _too_little(where, config, item, found)
        yield from _total(where, item, committed_line(name, config, item).usd)


def _unknown(where: str, config: DeploymentConfig, item: ProvisionedThroughput) -> Iterator[str]:
    if item.accept_unknown_price:
        return
    yield (
        f"{where}.accept_unknown_price: the price of {_bought(config, item)} is unknown, got no consent to that; fetch "
        f"the price with: {FETCH}, or ask AWS for it and set accept_unknown_price = true{_term(item)}"
    )


def _too_little(where: str, config: DeploymentConfig, item: ProvisionedThroughput, found: Price) -> Iterator[str]:
    hourly = round(found.usd * item.model_units, 6)
    if item.accept_hourly_cost_usd is not None and item.accept_hourly_cost_usd >= hourly:
        return
    got = "no consent" if item.accept_hourly_cost_usd is None else str(item.accept_hourly_cost_usd)
    whose = "" if found.verified else ", not AWS's own figure"
    monthly = f"{hourly * HOURS_PER_MONTH:,.2f} a month{_term(item, hourly)}"
    yield (
        f"{where}.accept_hourly_cost_usd: {_bought(config, item)}: {hourly:,.2f} USD an hour, {monthly} "
        f"({found.source}, {found.date}{whose}); got {got}; set it to {_exact(hourly)} or more to accept that"
    )


def _total(where: str, item: ProvisionedThroughput, total: float | None) -> Iterator[str]:
    accepted = item.accept_total_cost_usd
    where = f"{where}.accept_total_cost_usd"
    if item.commitment == "none":
        if accepted is not None:
            yield f"{where}: is for a commitment, got {accepted} with commitment none; remove it"
        return
    if accepted is None or (total is not None and accepted < round(total, 6)):
        price = "an unknown sum (hours of the term x the price that you were told)" if total is None else _exact(total)
        yield (
            f"{where}: commitment {item.commitment} cannot be ended earlier and costs {price} USD in all, got "
            f"{'no consent' if accepted is None else accepted}; set it to that or more to accept it"
        )


def _bought(config: DeploymentConfig, item: ProvisionedThroughput) -> str:
    kind = "without commitment" if item.commitment == "none" else f"with commitment {item.commitment}"
    return f"{item.model_units} model unit(s) of {base_model(config, item)} {kind} in {config.deployment.region}"


def _exact(usd: float) -> str:
    """What the user can write down: rounded to cents it could be too little."""
    return f"{usd:.6f}".rstrip("0").rstrip(".")


def _term(item: ProvisionedThroughput, hourly: float | None = None) -> str:
    months = committed_months(item)
    if not months:
        return ""
    price = f"{hourly * HOURS_PER_MONTH * months:,.2f}" if hourly else "an unknown sum"
    return f", {price} in all for {months} month(s) that cannot be ended earlier and renew themselves"
