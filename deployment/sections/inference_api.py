"""[inference_api] and [inference_api.aliases.*]: limits of the API, and the model names that callers use."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from deployment.sections.section import ModelIdOrArn, Name, Section

Target = Literal["provisioned", "on-demand", "base"]


class Alias(Section):
    """A name that callers use, its model, and the `order` of targets: first choice, then fallbacks."""

    model: ModelIdOrArn
    order: Annotated[list[Target], Field(min_length=1)] = ["provisioned", "on-demand", "base"]

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[Target]) -> list[Target]:
        if len(set(order)) < len(order):
            raise ValueError("each target may be named only once; remove the second one")
        return order


class InferenceApi(Section):
    rate_per_second: Annotated[float, Field(gt=0, le=10_000)] = 10
    burst: Annotated[int, Field(ge=1, le=5_000)] = 20
    requests_per_month: Annotated[int, Field(ge=1)] = 100_000
    aliases: Annotated[dict[Name, Alias], Field(min_length=1)]
