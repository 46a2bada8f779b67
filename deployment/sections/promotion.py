"""[training.customizations.*.promotion]: what is asked of a model before and after it serves all callers."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import Section


class Promotion(Section):
    """A percent or a number of minutes of 0, and no prompts, leave the check out.

    `max_error_percent`, `max_refusal_percent`: percentage points more than what serves now.
    """

    smoke_prompts: Annotated[list[Annotated[str, Field(min_length=1, max_length=300)]], Field(max_length=10)] = []
    canary_percent: Annotated[int, Field(ge=0, le=50)] = 0
    canary_minutes: Annotated[int, Field(ge=5, le=1_440)] = 30
    min_requests: Annotated[int, Field(ge=1, le=100_000)] = 50
    too_few_requests: Literal["promote", "keep"] = "promote"
    max_error_percent: Annotated[float, Field(ge=0, le=100)] = 2.0
    max_latency_ratio: Annotated[float, Field(ge=1, le=100)] = 1.5
    max_refusal_percent: Annotated[float, Field(ge=0, le=100)] = 5.0
    watch_minutes: Annotated[int, Field(ge=0, le=10_080)] = 0
    keep_models: Annotated[int, Field(ge=2, le=100)] | None = None
