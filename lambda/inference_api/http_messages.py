"""HTTP requests and responses, independent of what carries them."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

from inference_api.errors import ApiError
from inference_api.fallback import Attempt, Served
from inference_api.fields import strict_json


class Request(NamedTuple):
    """`headers` has lower-case names. `id`: what the log calls the request. `public_path`: with what the caller's URL
    has before `path`, or "". `key_name`: of the API key that the authorizer has checked, "" without one.
    """

    method: str
    path: str
    body: bytes = b""
    headers: Mapping[str, str] = MappingProxyType({})
    id: str = ""
    public_path: str = ""
    key_name: str = ""

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ApiError 400."""
        try:
            value = strict_json(self.body)
        except ValueError:
            raise ApiError(
                400, "invalid_json", "the body must be JSON; check quotes, commas, numbers and encoding"
            ) from None
        if not isinstance(value, dict):
            raise ApiError(400, "invalid_json", f"the body must be a JSON object, got {type(value).__name__}")
        return value


class Answer(NamedTuple):
    """`status`, `headers` and pieces of the body. The body of a stream is made while it is read."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


class Facts:
    """What the log line says about a request: never a prompt, an answer or a key.

    `served_by` has the ARN of the target, `shown_served_by` what callers see instead, unless it `shows_arns`.
    `prompt`: name and version of the one that was put first; `prompt_variables`: the caller's header for it.
    `guardrail`: the name of the one that was applied. `intervened`: whether it blocked or masked something.
    `refused`: the model gave no answer of use (variant_metrics.py). `searches`: those of file_search. `usage`:
    Bedrock's, None where it did not arrive. `deltas`: parts of a streamed answer so far. `first_delta`: when the first
    of them came, of time.perf_counter. `headers` and `fingerprint` (the version of the model) say in the response who
    served it. `key_name`: of the API key.
    """

    def __init__(self) -> None:
        self.route = "unknown"
        self.shows_arns = False
        self.key_name = ""
        self.alias: str | None = None
        self.served_by: Mapping[str, Any] | None = None
        self.shown_served_by: Mapping[str, Any] | None = None
        self.attempts: list[Attempt] = []
        self.usage: Mapping[str, Any] | None = None
        self.deltas = 0
        self.first_delta: float | None = None
        self.guardrail: str | None = None
        self.prompt_variables = ""
        self.prompt: str | None = None
        self.intervened = False
        self.searches = 0
        self.refused = False
        self.error: str | None = None
        self.headers: Mapping[str, str] = {}
        self.fingerprint = ""

    def delta(self) -> None:
        """Count a part of the answer."""
        if not self.deltas:
            self.first_delta = time.perf_counter()
        self.deltas += 1

    def served(self, alias: str | None, served: Served[Any]) -> None:
        """Say who served the request: in the log, the body, and headers for clients that hide what they don't know."""
        target, attempts = served.target, served.attempts
        self.served_by = {"alias": alias, "target": target.invoke_id, "kind": target.kind, "attempts": attempts}
        shown = target.invoke_id if self.shows_arns else target.shown
        self.shown_served_by = {**self.served_by, "target": shown}
        self.fingerprint = target.version
        self.headers = {
            "x-bedrock-model": shown,
            "x-bedrock-kit-served-by": target.kind,
            "x-bedrock-kit-attempts": str(attempts),
            **({"x-bedrock-kit-prompt": self.prompt} if self.prompt else {}),
        }


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, iter((content,)))


def event_answer(events: Iterator[bytes], headers: Mapping[str, str] | None = None) -> Answer:
    """Server-sent events."""
    own = {"Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-cache"}
    return Answer(200, {**own, **(headers or {})}, events)
