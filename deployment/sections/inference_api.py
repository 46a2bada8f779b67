"""[inference_api] and [inference_api.aliases.*]: limits of the API, and the model names that callers use."""

import re
from typing import Annotated, Literal, Self

from pydantic import Field, field_validator, model_validator

from deployment.sections.section import IamCaller, MediaBucket, ModelIdOrArn, Name, Section

# API Gateway's default quotas of an account in a Region: https://docs.aws.amazon.com/apigateway/latest/developerguide/limits.html
MAX_RATE, MAX_BURST = 10_000, 5_000
KEYS_AT_FULL_RATE = 10
_DEFAULT_PORTS = {"http": ":80", "https": ":443"}
_LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")
Target = Literal["provisioned", "on-demand", "base"]


class Alias(Section):
    """A name that callers use, its model, the `order` of targets (first choice, then fallbacks), and the guardrail.

    `prompt`: the name of the one that comes before the caller's system messages.
    `inference_profile`: its own, whose tags say on the bill what the alias cost; None does as the API's setting says.
    """

    model: ModelIdOrArn
    order: Annotated[list[Target], Field(min_length=1)] = ["provisioned", "on-demand", "base"]
    guardrail: Name | None = None
    prompt: Name | None = None
    inference_profile: bool | None = None

    @field_validator("order")
    @classmethod
    def _each_once(cls, order: list[Target]) -> list[Target]:
        if len(set(order)) < len(order):
            raise ValueError("each target may be named only once; remove the second one")
        return order


def _check_origin(origin: str) -> None:
    """As browsers write it into the header Origin, to which it is compared: https://www.rfc-editor.org/rfc/rfc6454."""
    if origin == "*":
        return
    if "*" in origin:
        raise ValueError(
            f'an origin has no wildcards in it, got "{origin}"; name each subdomain, or "*" for all origins'
        )
    match = re.fullmatch(r"(https?)://([a-z0-9.-]+|\[[0-9a-f:]+\])(:[0-9]{1,5})?", origin)
    if not match or match[3] == _DEFAULT_PORTS[match[1]]:
        raise ValueError(
            f'an origin is a scheme, a host in lower case and a port if it is not the default, got "{origin}"; write '
            'it as in "https://app.example.com", without a path or a slash at the end'
        )
    if match[1] == "http" and match[2] not in _LOCAL_HOSTS:
        raise ValueError(
            f'pages over http can be changed on their way and would leak the key, got "{origin}"; use https'
        )


class InferenceApi(Section):
    """`rate_per_second`, `burst` and `requests_per_month` of each key. The `total_` ones are of all requests together,
    also those without a valid key; by default ten times those of a key. `cors_origins`: of the web pages that may call
    the API from a browser ("https://app.example.com"), or "*"; by default none may. `show_arns`: callers that ask
    for it see the ARN of what served them, with the id of the account.
    `media_buckets`: "bucket" or "bucket/prefix/". `iam`: Converse and InvokeModel take requests that are signed with
    AWS credentials, too. `iam_callers`: other accounts, and roles and users of them, that may send these.
    `inference_profiles`: of each alias that can have one, an application inference profile with cost tags.
    `fine_tuning_keys`: names of API keys whose callers may train, which costs money; without them nobody may.
    """

    rate_per_second: Annotated[float, Field(gt=0, le=MAX_RATE)] = 10
    burst: Annotated[int, Field(ge=1, le=MAX_BURST)] = 20
    requests_per_month: Annotated[int, Field(ge=1)] = 100_000
    total_rate_per_second: Annotated[float, Field(gt=0, le=MAX_RATE)] | None = None
    total_burst: Annotated[int, Field(ge=1, le=MAX_BURST)] | None = None
    cors_origins: list[str] = []
    show_arns: bool = False
    media_buckets: list[MediaBucket] = []
    iam: bool = False
    iam_callers: list[IamCaller] = []
    inference_profiles: bool = False
    fine_tuning_keys: list[Name] = []
    aliases: Annotated[dict[Name, Alias], Field(min_length=1)]

    @property
    def stage_rate(self) -> float:
        return self.total_rate_per_second or min(self.rate_per_second * KEYS_AT_FULL_RATE, MAX_RATE)

    @property
    def stage_burst(self) -> int:
        return self.total_burst or min(self.burst * KEYS_AT_FULL_RATE, MAX_BURST)

    @field_validator("cors_origins")
    @classmethod
    def _origins(cls, origins: list[str]) -> list[str]:
        if "*" in origins and len(origins) > 1:
            raise ValueError('"*" stands for every origin; leave the others out, or "*"')
        for origin in origins:
            _check_origin(origin)
        if len(set(origins)) < len(origins):
            raise ValueError("each origin may be named only once; remove the second one")
        return origins

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
