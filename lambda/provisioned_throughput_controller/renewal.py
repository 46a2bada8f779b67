"""Commitments renew themselves: a notice goes out 7 days and 1 day ahead, with the price and what to do."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput.ledger import Ledger
from kit_contract.counted import counted
from provisioned_throughput_controller.context import Context

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

DAYS_AHEAD = (1, 7)
TERM_DAYS = {"OneMonth": 30, "SixMonths": 183}


def notify_of_renewal(context: Context, ledger: Ledger, found: "Throughput", hourly_cost_usd: float | None) -> Ledger:
    """`hourly_cost_usd` is the accepted cost, None if it is unknown."""
    mark = due_warning(found, ledger.warned, context.clock())
    return context.notify_once(ledger, mark, warning_text(found, hourly_cost_usd)) if mark else ledger


def due_warning(found: "Throughput", warned: tuple[str, ...], now: datetime) -> str | None:
    """The mark of the notice that is due and was not sent for this term, the nearest first."""
    end = found.get("commitmentExpirationTime")
    if end is None or end <= now:
        return None
    for days in DAYS_AHEAD:
        mark = f"renewal of {found['provisionedModelName']} {end.date().isoformat()}, {counted(days, 'day')}"
        if end - now <= timedelta(days=days):
            return None if mark in warned else mark
    return None


def warning_text(found: "Throughput", hourly_cost_usd: float | None) -> str:
    """When it renews, what that costs, and how to prevent it."""
    end, term = found.get("commitmentExpirationTime"), found.get("commitmentDuration")
    hours = TERM_DAYS[str(term)] * 24
    known = f"at most {hours * (hourly_cost_usd or 0):,.2f} USD"
    cost = (
        known if hourly_cost_usd is not None else "an unknown amount (no price was accepted, or its stack is deleted)"
    )
    return (
        f"Provisioned throughput {found['provisionedModelName']}: its commitment {term} ends on "
        f"{end.isoformat() if end else 'unknown'}. Then it renews itself for another term: {cost}, billed by the hour, "
        "and it cannot be deleted before that term ends.\n"
        "To prevent it, turn off auto-renewal in Bedrock's console (Provisioned Throughput) before that moment. You "
        "can delete it when the term has ended: aws bedrock delete-provisioned-model-throughput "
        f"--provisioned-model-id {found['provisionedModelArn']}"
    )
