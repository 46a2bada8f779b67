"""[inference_api] and [inference_api.aliases.*]: the API and the names that callers use."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from deployment.sections.section import Name, Section

Place = Literal["provisioned", "on-demand", "base"]


class Alias(Section):
    """What callers name. `model` is its base; `order`: what is asked first, and what next if that cannot answer."""

    model: str
    order: Annotated[list[Place], Field(min_length=1)] = ["provisioned", "on-demand", "base"]

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[Place]) -> list[Place]:
        if len(set(order)) < len(order):
            raise ValueError("each place must be named once at most; remove the second one")
        return order


class InferenceApi(Section):
    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10
    burst: Annotated[int, Field(ge=1, le=5_000)] = 20
    requests_per_month: Annotated[int, Field(ge=1)] = 100_000
    aliases: Annotated[dict[Name, Alias], Field(min_length=1)]
