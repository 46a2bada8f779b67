"""Lines of an estimate and their totals, which say "at least" if a price is unknown."""

from collections.abc import Sequence
from dataclasses import dataclass

from model_catalog.prices import Price

FETCH = "kit models refresh"
# Billed by use, and not estimated: nothing in deployment.toml says how much of it there will be.
NOT_COUNTED = (
    *("requests to S3", "CloudWatch Logs", "DynamoDB", "Step Functions", "SQS", "EventBridge", "KMS requests"),
    *("the authorizer's duration", "data transfer out of AWS", "prompt caching", "what the free tier covers"),
)


@dataclass(frozen=True)
class CostLine:
    """`what` explains the amount. `usd` is None if a price or quantity is unknown; `missing` names it."""

    part: str
    what: str
    usd: float | None
    price: Price | None = None
    missing: str = ""


@dataclass(frozen=True)
class CostGroup:
    """Lines that can be added up. `name` is stable, for programs; `title` says what is paid for, and how often."""

    name: str
    title: str
    lines: tuple[CostLine, ...]

    @property
    def usd(self) -> float:
        return sum(line.usd for line in self.lines if line.usd is not None)

    @property
    def at_least(self) -> bool:
        return any(line.usd is None for line in self.lines)


def line(part: str, what: str, quantity: float | None, price: Price | None, *, missing: str) -> CostLine:
    """`missing` names the price. A `quantity` of None is unknown before the run."""
    if price is None:
        return CostLine(part, what, None, missing=f"price of {missing}")
    if quantity is None:
        return CostLine(part, what, None, price, missing=f"quantity: {what}")
    return CostLine(part, what, price.of(quantity), price)


def amount(usd: float) -> str:
    """Two decimals, or six for amounts below 0.1."""
    if usd == 0:
        return "0.00"
    return f"{usd:,.2f}" if usd >= 0.1 else f"{usd:.6f}"


def total(groups: Sequence[CostGroup]) -> str:
    """The sum of `groups` as text: "at least 2.35" if a price is missing."""
    prefix = "at least " if any(group.at_least for group in groups) else ""
    return prefix + amount(sum(group.usd for group in groups))
