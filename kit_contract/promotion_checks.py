"""What [training.customizations.NAME.promotion] asks of a new model, as part of a RunSpecification."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

TooFewRequests = Literal["promote", "keep"]


@dataclass(frozen=True, kw_only=True)
class PromotionChecks:
    """A percent or a number of minutes of 0, no prompts and `keep_models` of None leave the check out.

    `max_error_percent`, `max_refusal_percent`: percentage points more than what serves now. `max_latency_ratio`: the
    mean latency in relation to that of what serves now. `min_requests`: fewer say nothing about a model.
    """

    smoke_prompts: tuple[str, ...] = ()
    canary_percent: int = 0
    canary_minutes: int = 30
    min_requests: int = 50
    too_few_requests: TooFewRequests = "promote"
    max_error_percent: float = 2.0
    max_latency_ratio: float = 1.5
    max_refusal_percent: float = 5.0
    watch_minutes: int = 0
    keep_models: int | None = None

    @property
    def asks(self) -> bool:
        """Whether a promotion takes longer than the change of the model."""
        return self.needs_candidate or bool(self.watch_minutes)

    @property
    def needs_candidate(self) -> bool:
        return bool(self.smoke_prompts or self.canary_percent)

    def to_json(self) -> dict[str, Any]:
        """What differs from the default: an SSM parameter holds 4 KB."""
        given = {field.name: getattr(self, field.name) for field in fields(self)}
        value = {field.name: given[field.name] for field in fields(self) if given[field.name] != field.default}
        return {key: list(item) if isinstance(item, tuple) else item for key, item in value.items()}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "PromotionChecks":
        """Settings of another release are left out."""
        known = {field.name: value[field.name] for field in fields(cls) if field.name in value}
        return cls(**{**known, "smoke_prompts": tuple(value.get("smoke_prompts", ()))})
