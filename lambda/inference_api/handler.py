"""Edge of the API: API Gateway's proxy event -> the core -> a proxy response, and one JSON log line."""

from __future__ import annotations

import base64
import os
import sys
import time
import uuid
from functools import cache, cached_property
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from inference_api.aliases import Aliases
from inference_api.http_messages import Request
from inference_api.routes import Service, log_line, respond
from inference_api.settings import settings_from

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_ssm import SSMClient

# API Gateway and the function end after 29 s: an answer must come, or be given up, before that. A second attempt
# could not finish in time, so the one retry loop is the caller's (Retry-After says when; OpenAI's clients follow it).
MODEL_CONFIG = Config(connect_timeout=2, read_timeout=25, retries={"mode": "standard", "total_max_attempts": 1})
PARAMETER_CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})


class Context(Protocol):
    aws_request_id: str


class BotoClients:
    """Each made at its first use: a cold GET /v1/models needs none."""

    @cached_property
    def bedrock_runtime(self) -> BedrockRuntimeClient:
        client: BedrockRuntimeClient = boto3.client("bedrock-runtime", config=MODEL_CONFIG)
        return client

    @cached_property
    def agent_runtime(self) -> AgentsforBedrockRuntimeClient:
        client: AgentsforBedrockRuntimeClient = boto3.client("bedrock-agent-runtime", config=MODEL_CONFIG)
        return client

    @cached_property
    def ssm(self) -> SSMClient:
        client: SSMClient = boto3.client("ssm", config=PARAMETER_CONFIG)
        return client


@cache
def service() -> Service:
    settings = settings_from(os.environ)
    clients = BotoClients()
    return Service(
        settings=settings,
        clients=clients,
        aliases=Aliases(settings, clients, time.monotonic),
        clock=time.time,
        new_id=lambda: uuid.uuid4().hex,
    )


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    started = time.perf_counter()
    request = request_from(event)
    answer, facts = respond(request, service())
    body = b"".join(answer.body).decode()
    milliseconds = round((time.perf_counter() - started) * 1000)
    line = log_line(request, answer, facts, request_id=context.aws_request_id, milliseconds=milliseconds)
    print(line, file=sys.stderr, flush=True)
    return {"statusCode": answer.status, "headers": dict(answer.headers), "body": body, "isBase64Encoded": False}


def request_from(event: dict[str, Any]) -> Request:
    """From a proxy event of payload version 1.0 (REST API)."""
    text = event.get("body") or ""
    body = base64.b64decode(text) if event.get("isBase64Encoded") else text.encode("utf-8", "surrogatepass")
    return Request(method=event["httpMethod"], path=event["path"], body=body)
