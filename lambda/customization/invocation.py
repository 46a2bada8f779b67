"""What every handler needs around its step: clients, the time and one log line per invocation."""

import json
import sys
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cache
from typing import Any, TypeVar

import boto3

Result = TypeVar("Result", bound=Mapping[str, object])


@cache
def client(service: str) -> Any:
    return boto3.Session().client(service)


def now(pattern: str) -> str:
    return datetime.now(UTC).strftime(pattern)


def logged(step: str, action: Callable[[], Result], **fields: str) -> Result:
    """Run `action` and log its result; of an error only the class, because the message may quote a record."""
    line: dict[str, Any] = {"step": step, **fields}
    started = time.monotonic()
    try:
        result = action()
        line |= {"outcome": "ok", **result}
        return result
    except Exception as error:
        line |= {"outcome": "failed", "error": type(error).__name__}
        raise
    finally:
        line["duration_ms"] = round((time.monotonic() - started) * 1000)
        print(json.dumps(line), file=sys.stderr)
