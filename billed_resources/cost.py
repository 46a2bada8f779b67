"""What a resource costs a day, from the catalog's prices; None if the price is unknown."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from billed_resources.resource import Commitment
from model_catalog.prices import price

DAYS_PER_MONTH = 365 / 12
HOURS_PER_DAY = 24
# Billing starts with service and ends with deletion; AWS does not document whether a failed purchase is billed.
BILLED_STATES = ("Creating", "InService", "Updating")


def throughput_usd_per_day(summary: Mapping[str, Any], region: str) -> float | None:
    """Custom models are billed as their base model, per model unit."""
    model = summary["foundationModelArn"].rpartition("/")[2]
    commitment = summary.get("commitmentDuration", "none")
    hourly = price("provisioned_hour", model=model, region=region, commitment=commitment)
    if hourly is None or summary["status"] not in BILLED_STATES:
        return None
    units: int = max(summary["modelUnits"], summary["desiredModelUnits"])
    return hourly.of(HOURS_PER_DAY) * units


def commitment_of(summary: Mapping[str, Any], usd_per_day: float | None, now: datetime) -> Commitment | None:
    """The current term of the commitment, which renews itself; None without one, or after its end."""
    ends = summary.get("commitmentExpirationTime")
    if not summary.get("commitmentDuration") or ends is None or ends <= now:
        return None
    days = (ends - now).total_seconds() / 86_400
    return Commitment(ends, None if usd_per_day is None else usd_per_day * days)


def imported_model_usd_per_day(units: int | None, region: str) -> float | None:
    """Of storage, which is billed by custom model unit."""
    month = price("custom_model_unit_month", region=region)
    return month.of(units) / DAYS_PER_MONTH if month and units else None


def custom_model_usd_per_day(region: str) -> float | None:
    month = price("custom_model_month", region=region)
    return month.of(1) / DAYS_PER_MONTH if month else None
