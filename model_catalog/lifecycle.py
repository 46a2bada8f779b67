"""Model lifecycle: an error after the end of life, a warning for Legacy models and 90 days before the end of life.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-lifecycle.html
"""

import datetime

from model_catalog.catalog import CatalogError, find
from model_catalog.model import Model

WARNING_DAYS = 90


def require_alive(identifier: str, today: datetime.date) -> None:
    """Raise CatalogError if the model has reached its end of life by `today`."""
    model = find(identifier)
    date = model.lifecycle.end_of_life
    if date and datetime.date.fromisoformat(date) <= today:
        raise CatalogError(f"{identifier} reached end of life on {date}; {_replacement(model)}")


def require_trainable(identifier: str) -> None:
    """Raise CatalogError for a Legacy model: Bedrock refuses new customization jobs and provisioned throughput."""
    model = find(identifier)
    if model.lifecycle.status == "LEGACY":
        since = f" since {model.lifecycle.legacy}" if model.lifecycle.legacy else ""
        raise CatalogError(
            f"{identifier} is Legacy{since}: Bedrock starts no new customization job and sells no new provisioned "
            f"throughput for it; {_replacement(model)}"
        )


def warning(identifier: str, today: datetime.date, *, training: bool = False) -> str | None:
    """A warning for a model that ends soon, or None.

    For `training` any announced end counts: Bedrock announces it when a model becomes Legacy, which ends training.
    """
    model = find(identifier)
    life = model.lifecycle
    end = datetime.date.fromisoformat(life.end_of_life) if life.end_of_life else None
    near = end is not None and (end - today).days <= WARNING_DAYS
    if life.status != "LEGACY" and not near and not (training and end):
        return None
    when = f"ends on {end} (in {(end - today).days} days)" if end else "ends on an unknown date"
    state = f"is Legacy and {when}" if life.status == "LEGACY" else when
    trained = "; it may no longer accept training jobs" if training else ""
    return f"{identifier} {state}{trained}; {_replacement(model)}"


def _replacement(model: Model) -> str:
    return f"use {model.replacement}" if model.replacement else "choose another: kit models --active"
