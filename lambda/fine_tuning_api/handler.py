"""Lambda handler of the API of fine-tuning: API Gateway proxy event -> response, and one JSON log line."""

import base64
import json
import os
import secrets
import sys
import time
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, Protocol

import boto3

from fine_tuning_api.routes import respond
from fine_tuning_api.service import Call, Service
from inference_api.cors import cors_headers
from kit_contract.environment import (
    CORS_ORIGINS,
    FINE_TUNING_KEYS,
    KIT_DEPLOYMENT,
    STARTER_FUNCTION,
    TRAINING_BUCKET,
)
from kit_contract.fine_tuning import BOUNDS_FILE


class Context(Protocol):
    aws_request_id: str


@cache
def service() -> Service:
    session = boto3.Session()
    return Service(
        kit_deployment=os.environ[KIT_DEPLOYMENT],
        bucket=os.environ[TRAINING_BUCKET],
        starter=os.environ[STARTER_FUNCTION],
        keys=tuple(json.loads(os.environ[FINE_TUNING_KEYS])),
        bounds=json.loads((Path(__file__).parents[1] / BOUNDS_FILE).read_text(encoding="utf-8")),
        s3=session.client("s3"),
        ssm=session.client("ssm"),
        functions=session.client("lambda"),
        stepfunctions=session.client("stepfunctions"),
        clock=time.time,
        new_id=lambda: secrets.token_hex(12),
    )


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    started = time.monotonic()
    call = call_from(event)
    reply, route, error = respond(call, service())
    line = {
        "event": "fine_tuning",
        "request_id": context.aws_request_id,
        "key_name": call.key_name,
        "method": call.method,
        "route": route or "unknown",
        "status": reply.status,
        "error": error or None,
        "duration_ms": round((time.monotonic() - started) * 1000),
    }
    print(json.dumps(line), file=sys.stderr, flush=True)
    headers = {"Content-Type": reply.content_type, "x-request-id": context.aws_request_id, **reply.headers}
    if origins := json.loads(os.environ.get(CORS_ORIGINS, "[]")):
        headers |= cors_headers(call.headers.get("origin"), origins)
    return {"statusCode": reply.status, "headers": headers, "body": reply.body}


def call_from(event: Mapping[str, Any]) -> Call:
    """The request in a proxy event of a REST API (payload version 1.0)."""
    text = event.get("body") or ""
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    return Call(
        event["httpMethod"],
        event["path"],
        dict(event.get("queryStringParameters") or {}),
        {name.lower(): value for name, value in (event.get("headers") or {}).items()},
        base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass"),
        str(authorizer.get("principalId", "")),
    )
