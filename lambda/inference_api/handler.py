"""Lambda handler of the API: API Gateway proxy event -> response, and one JSON log line."""

from __future__ import annotations

import base64
import os
import random
import sys
import time
import uuid
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from inference_api.aliases import Aliases
from inference_api.boto_clients import BotoClients
from inference_api.fallback import Fallback
from inference_api.http_messages import Request
from inference_api.request_log import log_line
from inference_api.routes import Service, respond
from kit_contract.inference_api import ALIASES_FILE, settings_from

ALIASES_PATH = Path(__file__).resolve().parents[1] / ALIASES_FILE


class Context(Protocol):
    aws_request_id: str


@cache
def service() -> Service:
    settings = settings_from(os.environ, ALIASES_PATH.read_text(encoding="utf-8"))
    clients = BotoClients()
    return Service(
        settings=settings,
        clients=clients,
        aliases=Aliases(settings, clients, time.monotonic),
        fallback=Fallback(time.monotonic, time.sleep, random.random),
        clock=time.time,
        new_id=lambda: uuid.uuid4().hex,
    )


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    started = time.perf_counter()
    request = request_from(event)
    answer, facts = respond(request, service())
    body = b"".join(answer.body).decode()
    milliseconds = round((time.perf_counter() - started) * 1000)
    line = log_line(
        request,
        answer,
        facts,
        kit_deployment=service().settings.kit_deployment,
        request_id=context.aws_request_id,
        now=time.time(),
        milliseconds=milliseconds,
    )
    print(line, file=sys.stderr, flush=True)
    return {"statusCode": answer.status, "headers": dict(answer.headers), "body": body, "isBase64Encoded": False}


def request_from(event: dict[str, Any]) -> Request:
    """The request in a proxy event of a REST API (payload version 1.0)."""
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    return Request(method=event["httpMethod"], path=event["path"], body=body)
