"""What a deployment costs while nobody calls it, as the record of a deploy keeps it, and the difference to the next."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from deployment.config import DeploymentConfig
from deployment.costs.estimate import committed, idle
from deployment.costs.lines import CostGroup

HOURS_PER_MONTH = 730  # as AWS's own calculator has it


@dataclass(frozen=True)
class Price:
    """USD. `at_least`: a price is missing. `committed`: cannot be ended before the term is over."""

    month: float
    committed: float
    at_least: bool
    lines: Mapping[str, float | None]

    @property
    def hour(self) -> float:
        return self.month / HOURS_PER_MONTH


def price_of(config: DeploymentConfig) -> Price:
    month, term = idle(config), committed(config)
    return Price(month.usd, term.usd, month.at_least or term.at_least, _lines(month))


def to_json(price: Price) -> dict[str, Any]:
    """Lines are left out of the record: a parameter of Systems Manager has 4 KB."""
    return {"month": round(price.month, 6), "committed": round(price.committed, 6), "at_least": price.at_least}


def from_json(value: Any) -> Price | None:
    """None for what is no such record."""
    try:
        return Price(float(value["month"]), float(value["committed"]), bool(value["at_least"]), {})
    except (KeyError, TypeError, ValueError):
        return None


def in_words(before: Price | None, after: Price) -> str:
    at_least = "at least " if after.at_least or (before and before.at_least) else ""
    if before is None:
        known = "the deployed configuration has no record of its price yet"
        return f"{at_least}{_usd(after.hour)} USD an hour, {_usd(after.month)} USD a month while idle; {known}"
    hour, month = after.hour - before.hour, after.month - before.month
    parts = [f"{at_least}{hour:+,.4f} USD an hour, {month:+,.2f} USD a month while idle (then {_usd(after.month)})"]
    if abs(month) < 0.005:  # else +0.00 or, as records are rounded, -0.00
        parts = [f"no difference: {at_least}{_usd(after.month)} USD a month while idle"]
    if before.committed != after.committed:
        parts.append(f"{after.committed - before.committed:+,.2f} USD committed")
    return "; ".join(parts)


def _usd(value: float) -> str:
    return f"{value:,.2f}" if value >= 0.1 or not value else f"{value:,.4f}"


def _lines(group: CostGroup) -> dict[str, float | None]:
    return {line.part: line.usd for line in group.lines}
