"""Commitments renew themselves: who pays is told 7 days and 1 day ahead, with the price and what to do."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.throughput_model import ThroughputProperties

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

DAYS_AHEAD = (1, 7)
TERM_DAYS = {"OneMonth": 30, "SixMonths": 183}


def due_warning(found: "Throughput", warned: tuple[str, ...], now: datetime) -> str | None:
    """The mark of the warning that is due and was not given for this term, the nearest first; None where none is."""
    end = found.get("commitmentExpirationTime")
    if end is None or end <= now:
        return None
    for days in DAYS_AHEAD:
        mark = f"renewal {end.date().isoformat()}, {days} days"
        if end - now <= timedelta(days=days):
            return None if mark in warned else mark
    return None


def warning_text(found: "Throughput", wanted: ThroughputProperties) -> str:
    """What happens when, what it costs, and how to prevent it."""
    end, term = found.get("commitmentExpirationTime"), found.get("commitmentDuration")
    hours = TERM_DAYS[str(term)] * 24
    price = wanted.accepted_hourly_cost_usd
    cost = f"at most {hours * price:,.2f} USD" if price is not None else "an unknown amount (no price given at synth)"
    return (
        f"Provisioned throughput {wanted.name}: its commitment {term} ends on {end.isoformat() if end else 'unknown'} "
        f"and then renews itself for another term: {cost}, billed by the hour, not to be deleted before its end.\n"
        "To prevent it, turn off auto-renewal in Bedrock's console (Provisioned Throughput) before that moment, or "
        "delete it when the term has ended: aws bedrock delete-provisioned-model-throughput "
        f"--provisioned-model-id {found['provisionedModelArn']}"
    )
