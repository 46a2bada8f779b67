"""Model lifecycle: an error after the end of life, a warning for Legacy models and 90 days before the end of life.

A region may have a lifecycle of its own.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle-legacy.html
"""

import datetime

from kit_contract.counted import counted
from model_catalog.catalog import CatalogError, find
from model_catalog.model import Lifecycle, Model

WARNING_DAYS = 90
LEGACY_MEANS = (
    "Legacy models take no new customers, customization jobs or provisioned throughput, and an account may lose "
    "access after 15 days without a request"
)


class LegacyError(CatalogError):
    """When the model is Legacy: existing custom models keep working, new ones cannot be trained."""


def state(model: Model, today: datetime.date, region: str | None = None) -> str | None:
    """ACTIVE, LEGACY, ENDED, or None if unknown. Without a region, ENDED means that it has ended everywhere."""
    life = model.lifecycle_in(region)
    if _ended(life, today):
        return "ENDED"
    places = () if region else model.regions
    if places and all(_ended(model.lifecycle_in(place), today) for place in places):
        return "ENDED"
    return life.status


def require_alive(identifier: str, today: datetime.date, region: str | None = None) -> None:
    """Raise CatalogError if the model has reached its end of life (in `region`) by `today`."""
    model = find(identifier)
    life = model.lifecycle_in(region)
    if _ended(life, today):
        where = f" in {region}" if region in model.regional else ""
        raise CatalogError(f"{identifier} reached end of life{where} on {life.end_of_life}; {_replacement(model)}")


def require_trainable(identifier: str, region: str | None = None) -> None:
    """Raise LegacyError for a Legacy model: Bedrock refuses new customization jobs and provisioned throughput."""
    model = find(identifier)
    life = model.lifecycle_in(region)
    if life.status == "LEGACY":
        since = f" since {life.legacy}" if life.legacy else ""
        raise LegacyError(
            f"{identifier} is Legacy{since}{_evidence(model)}: Bedrock starts no new customization job and sells no "
            f"new provisioned throughput for it; {_replacement(model)}"
        )


def warning(identifier: str, today: datetime.date, region: str | None = None) -> str | None:
    """A warning for a model that is Legacy or ends soon, or None."""
    model = find(identifier)
    life = model.lifecycle_in(region)
    end = datetime.date.fromisoformat(life.end_of_life) if life.end_of_life else None
    near = end is not None and (end - today).days <= WARNING_DAYS
    if life.status != "LEGACY" and not near:
        return None
    when = f"ends on {end} (in {counted((end - today).days, 'day')})" if end else "ends on an unknown date"
    if life.status == "LEGACY":
        when = f"is Legacy{_evidence(model)} and {when}; {LEGACY_MEANS}"
    return f"{identifier} {when}; {_replacement(model)}"


def _ended(life: Lifecycle, today: datetime.date) -> bool:
    return life.end_of_life is not None and datetime.date.fromisoformat(life.end_of_life) <= today


def _evidence(model: Model) -> str:
    """Who calls the model Legacy and who does not, if sources differ."""
    others = model.disputed.get("status", ())
    if not others:
        return ""
    said, other = model.sources["status"], others[0]
    return f" ({said.text}, {said.date}; but {other.value}: {other.source.text}, {other.source.date})"


def _replacement(model: Model) -> str:
    return f"use {model.replacement}" if model.replacement else "choose another: kit models --active"
