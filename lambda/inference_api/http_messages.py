"""HTTP requests and responses, independent of what carries them (Lambda proxy events, a local server)."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from inference_api.errors import ApiError
from inference_api.fallback import Attempt

MAX_BODY_BYTES = 6_000_000  # Lambda's limit for an invocation, event envelope included


@dataclass(frozen=True)
class Request:
    method: str
    path: str
    body: bytes = b""

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises ApiError 413 or 400."""
        if len(self.body) > MAX_BODY_BYTES:
            raise ApiError(
                413,
                "request_too_large",
                f"the body must be at most {MAX_BODY_BYTES} bytes, got {len(self.body)}; "
                "send fewer or smaller messages and images",
            )
        try:
            value = json.loads(self.body)
        except (ValueError, RecursionError):
            raise ApiError(400, "invalid_json", "the body must be JSON; check quotes, commas and encoding") from None
        if not isinstance(value, dict):
            raise ApiError(400, "invalid_json", f"the body must be a JSON object, got {type(value).__name__}")
        return value


class Answer(NamedTuple):
    """`status`, `headers` and chunks of the body."""

    status: int
    headers: Mapping[str, str]
    body: Iterator[bytes]


@dataclass
class Facts:
    """What the log line says about a request: never a prompt, an answer or a key."""

    route: str = "unknown"
    alias: str | None = None
    served_by: Mapping[str, Any] | None = None
    attempts: list[Attempt] = field(default_factory=list)
    usage: Mapping[str, int] | None = None
    error: str | None = None


def json_answer(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Answer:
    content = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, iter((content,)))
