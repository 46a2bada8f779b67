"""[inference_api] and [inference_api.aliases.*]: limits of the API, and the model names that callers use."""

from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from deployment.sections.section import ModelIdOrArn, Name, Section

# API Gateway's default quotas of an account in a Region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_RATE, MAX_BURST = 10_000, 5_000
KEYS_AT_FULL_RATE = 10
Target = Literal["provisioned", "on-demand", "base"]


class Alias(Section):
    """A name that callers use, its model, the `order` of targets (first choice, then fallbacks), and the guardrail."""

    model: ModelIdOrArn
    order: Annotated[list[Target], Field(min_length=1)] = ["provisioned", "on-demand", "base"]
    guardrail: Name | None = None

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[Target]) -> list[Target]:
        if len(set(order)) < len(order):
            raise ValueError("each target may be named only once; remove the second one")
        return order


class InferenceApi(Section):
    """`rate_per_second`, `burst` and `requests_per_month` of each key. The `total_` ones are of all requests together,
    also those without a valid key; by default ten times those of a key.
    """

    rate_per_second: Annotated[float, Field(gt=0, le=MAX_RATE)] = 10
    burst: Annotated[int, Field(ge=1, le=MAX_BURST)] = 20
    requests_per_month: Annotated[int, Field(ge=1)] = 100_000
    total_rate_per_second: Annotated[float, Field(gt=0, le=MAX_RATE)] | None = None
    total_burst: Annotated[int, Field(ge=1, le=MAX_BURST)] | None = None
    aliases: Annotated[dict[Name, Alias], Field(min_length=1)]

    @property
    def stage_rate(self) -> float:
        return self.total_rate_per_second or min(self.rate_per_second * KEYS_AT_FULL_RATE, MAX_RATE)

    @property
    def stage_burst(self) -> int:
        return self.total_burst or min(self.burst * KEYS_AT_FULL_RATE, MAX_BURST)

    @model_validator(mode="after")
    def _total_is_enough_for_one_key(self) -> Self:
        for name, total, one in (
            ("total_rate_per_second", self.stage_rate, self.rate_per_second),
            ("total_burst", self.stage_burst, self.burst),
        ):
            if total < one:
                own = name.removeprefix("total_")
                raise ValueError(f"{name} must be at least {own}, {one:g}, got {total:g}; raise it or leave it out")
        return self
