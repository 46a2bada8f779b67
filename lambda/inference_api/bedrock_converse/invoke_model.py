"""POST /model/ALIAS/invoke and /model/ALIAS/invoke-with-response-stream: the body is passed on as it is.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModelWithResponseStream.html
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Generator, Mapping, Sequence
from typing import Any, TypeVar

from inference_api.aliases import Target
from inference_api.aws.client import SILENCE, Event
from inference_api.aws.errors import fields_of
from inference_api.bedrock_converse.endpoint import EVENT_STREAM, frames
from inference_api.bucket_media import explained_by_body
from inference_api.cost_profiles import through_profile
from inference_api.errors import ApiError, failure_name
from inference_api.fields import invalid
from inference_api.http_messages import Answer, Facts, Request
from inference_api.paths import BEDROCK
from inference_api.service import Service

BEDROCKS = "x-amzn-bedrock-"
PASSED_ON = (
    "content-type",
    "accept",
    "x-amzn-bedrock-accept",
    "x-amzn-bedrock-performanceconfig-latency",
    "x-amzn-bedrock-service-tier",
    "x-amzn-bedrock-request-metadata",
    "x-amzn-bedrock-trace",
)
_GUARDRAIL = "x-amzn-bedrock-guardrail"
_DEFAULTS = {"content-type": "application/json", "accept": "application/json"}
_METRICS = "amazon-bedrock-invocationMetrics"  # in the last chunk
T = TypeVar("T")


def invoke(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError."""
    headers = _headers(request.headers)

    def call(target: Target, read_seconds: float) -> Any:
        def one(model: str) -> Any:
            return service.clients.invoke_model(model, request.body, headers, read_seconds=read_seconds)

        return through_profile(target, target.invoke_id, one)

    reply = _ask(request, call, service, facts)
    tokens = {name: reply.headers.get(f"{BEDROCKS}{kind}-token-count") for name, kind in _TOKENS.items()}
    facts.usage = {name: int(count) for name, count in tokens.items() if count and count.isdigit()} or None
    return Answer(200, {**_given_back(reply.headers), **facts.headers}, iter((reply.body,)))


def invoke_with_response_stream(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first chunk is there."""
    headers = _headers(request.headers)

    def call(target: Target, read_seconds: float) -> tuple[Mapping[str, str], Generator[Event, None, None]]:
        def one(model: str) -> Any:
            clients = service.clients
            return clients.invoke_model_with_response_stream(model, request.body, headers, read_seconds=read_seconds)

        given, events = through_profile(target, target.invoke_id, one)
        resumed = _resumed(_first(events), events, facts)
        next(resumed)  # begins it: only then does closing it end the call
        return given, resumed

    given, events = _ask(request, call, service, facts)
    return Answer(200, {**_given_back(given), "Content-Type": EVENT_STREAM, **facts.headers}, frames(events))


_TOKENS = {"inputTokens": "input", "outputTokens": "output"}


def _ask(request: Request, call: Callable[[Target, float], T], service: Service, facts: Facts) -> T:
    """Falls back between targets of the same base model only: the body is in the schema of one.

    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-tagging.html
    """
    alias = request.path.rstrip("/").removeprefix(BEDROCK).rpartition("/")[0]
    one_model = alias in service.settings.aliases and service.settings.aliases[alias].one_model
    targets: Sequence[Target] = service.aliases.resolve(alias, embeds=None, measured=one_model)
    if guardrail := service.settings.aliases[alias].guardrail:
        message = (
            f"this alias has the guardrail {guardrail}, and tags in a body of InvokeModel could hide parts of it from "
            "the guardrail; use Converse"
        )
        raise ApiError(400, "unsupported_operation", message)
    if prompt := service.settings.aliases[alias].prompt:
        from inference_api.prompts import refuse_raw

        refuse_raw(prompt)
    if not request.body:
        raise ApiError(400, "invalid_json", "the body is missing; send the one that the model takes")
    if not one_model:
        targets = targets[:1]
    facts.alias = alias

    def explained(target: Target, read_seconds: float) -> T:
        try:
            return call(target, read_seconds)
        except Exception as error:
            told = explained_by_body(error, request.body)
            if told is error:
                raise
            raise told from error

    served = service.fallback.ask(targets, explained, deadline=service.fallback.deadline(), attempts=facts.attempts)
    facts.served(alias, served)
    return served.answer


def _headers(given: Mapping[str, str]) -> dict[str, str]:
    """The headers to pass on. Raises ApiError 400 for one that would be lost."""
    for name, value in given.items():
        if name.startswith(_GUARDRAIL):
            message = f"the header {name} is not supported: this API has no rights to apply a guardrail of the caller"
            raise invalid(name, f"{message}; leave it out", code="unsupported_value")
        if name.startswith(BEDROCKS) and name not in PASSED_ON:
            message = f"the header {name} is not one of this request; use only {', '.join(PASSED_ON)}"
            raise invalid(name, message, code="unknown_field")
        if name in PASSED_ON and not (value.isascii() and value.isprintable()):
            raise invalid(name, f"the header {name} must be printable ASCII; change it")
    return _DEFAULTS | {name: given[name] for name in PASSED_ON if name in given}


def _given_back(headers: Mapping[str, str]) -> dict[str, str]:
    """Those headers of a response that belong to the answer: its type, and what Bedrock says of it (tokens, tier)."""
    return {name: value for name, value in headers.items() if name == "content-type" or name.startswith(BEDROCKS)}


def _first(events: Generator[Event, None, None]) -> Event:
    for event in events:
        if event is not SILENCE:
            return event
    raise ApiError(502, "stream_cut", "Bedrock's stream ended before its first chunk; send the request again")


def _resumed(first: Event, events: Generator[Event, None, None], facts: Facts) -> Generator[Event, None, None]:
    """`first` and the rest. A stream that is cut within or before its HTTP end raises OSError by itself."""
    last = first
    try:
        yield SILENCE
        yield first
        for event in events:
            if event is not SILENCE:
                last = event
                facts.delta()
            yield event
        facts.usage = _usage(last)
    except Exception as error:
        facts.error = failure_name(error)
        raise
    finally:
        events.close()


def _usage(last: Event) -> dict[str, int] | None:
    try:
        chunk = fields_of(base64.b64decode(last.value.get("bytes", "")))
    except ValueError:
        return None
    metrics = chunk.get(_METRICS)
    if not isinstance(metrics, dict):
        return None
    counts = {name: metrics.get(f"{kind}TokenCount") for name, kind in _TOKENS.items()}
    return {name: count for name, count in counts.items() if isinstance(count, int)} or None
