"""Lambda handler of the API: API Gateway proxy event -> response, and one JSON log line."""

from __future__ import annotations

import base64
import os
import sys
import time
from collections.abc import Generator
from functools import cache
from typing import Any

# Lambda gives a function more processor time while it starts than its memory buys later, so what nearly every request
# needs is imported now: TLS, and the dialect that most clients speak. endpoints.py imports the others.
# https://awslabs.github.io/aws-lambda-web-adapter/configuration/async-init.html ("burst CPU")
import inference_api.aws.tls
import inference_api.openai_chat.endpoint  # noqa: F401
from inference_api.aliases import Aliases
from inference_api.bedrock import AwsClients
from inference_api.fallback import Fallback
from inference_api.http_messages import Answer, Facts, Request
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from inference_api.request_log import log_line
from inference_api.routes import respond
from inference_api.runtime import Invocation, StreamedResponse
from inference_api.service import Service
from inference_api.variant_metrics import variant_lines
from kit_contract.inference_api_names import ALIASES_FILE, KNOWLEDGE_BASES_FILE
from kit_contract.inference_api_settings import settings_from
from kit_contract.placeholders import located

_FOLDER = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ALIASES_PATH = os.path.join(_FOLDER, ALIASES_FILE)
KNOWLEDGE_BASES_PATH = os.path.join(_FOLDER, KNOWLEDGE_BASES_FILE)


@cache
def service() -> Service:
    with open(ALIASES_PATH, encoding="utf-8") as aliases, open(KNOWLEDGE_BASES_PATH, encoding="utf-8") as bases:
        settings = settings_from(os.environ, located(aliases.read(), os.environ), located(bases.read(), os.environ))
    clients = AwsClients()
    return Service(
        settings=settings,
        clients=clients,
        aliases=Aliases(settings, clients, time.monotonic),
        fallback=Fallback(time.monotonic, time.sleep, _random),
        clock=time.time,
        new_id=lambda: os.urandom(16).hex(),
        knowledge_base_ids=KnowledgeBaseIds(clients, time.monotonic, settings.knowledge_base_seconds),
    )


def handler(event: dict[str, Any], invocation: Invocation) -> StreamedResponse:
    started = time.perf_counter()
    request = request_from(event)._replace(id=invocation.aws_request_id)
    answer, facts = respond(request, service())
    headers = {"x-request-id": invocation.aws_request_id, **answer.headers}
    if origins := service().settings.cors_origins:
        from inference_api.cors import cors_headers

        headers |= cors_headers(request.headers.get("origin"), origins)
    body = _logged(request, answer, facts, invocation, started)
    next(body)  # begins it: only then does closing it end the answer and write the log line
    return StreamedResponse(answer.status, headers, body)


def request_from(event: dict[str, Any]) -> Request:
    """The request in a proxy event of a REST API (payload version 1.0)."""
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    headers = {name.lower(): value for name, value in (event.get("headers") or {}).items()}
    context = event.get("requestContext") or {}
    key_name = (context.get("authorizer") or {}).get("principalId") or ""
    public_path = context.get("path") or ""
    return Request(event["httpMethod"], event["path"], body, headers, public_path=public_path, key_name=key_name)


def _random() -> float:
    """0 to 1. The module `random` takes a while to import."""
    return os.urandom(1)[0] / 255


def _logged(
    request: Request, answer: Answer, facts: Facts, invocation: Invocation, started: float
) -> Generator[bytes, None, None]:
    """b"", the body of `answer`, and then the log line: also if the caller leaves before its end."""
    whole = False
    try:
        yield b""
        yield from answer.body
        whole = True
    finally:
        if isinstance(answer.body, Generator):
            answer.body.close()
        if not whole and facts.error is None:
            facts.error = "caller_left"
        alias = service().settings.aliases.get(facts.alias or "")
        line = log_line(
            request,
            answer,
            facts,
            kit_deployment=service().settings.kit_deployment,
            request_id=invocation.aws_request_id,
            now=time.time(),
            milliseconds=_milliseconds(time.perf_counter() - started),
            first_token_milliseconds=_milliseconds(facts.first_delta - started) if facts.first_delta else None,
            prices=alias.prices if alias else None,
        )
        print(line, file=sys.stderr, flush=True)
        for line in variant_lines(answer, facts, kit_deployment=service().settings.kit_deployment, now=time.time()):
            print(line, file=sys.stderr, flush=True)


def _milliseconds(seconds: float) -> int:
    return round(seconds * 1000)
