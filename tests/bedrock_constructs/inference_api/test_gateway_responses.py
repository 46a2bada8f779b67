"""API Gateway's own errors, as it sends them, are what the clients of OpenAI, Anthropic and AWS know."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterator, Mapping
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, NamedTuple

import anthropic
import boto3
import jsonschema
import openai
import pytest
from aws_cdk import App, Stack
from aws_cdk import aws_apigateway as apigateway
from aws_cdk.assertions import Template
from botocore.config import Config
from botocore.exceptions import ClientError

from bedrock_constructs.inference_api.gateway_responses import add_gateway_responses
from tests.deployment_file import PROJECT

REQUEST_ID, AWS_SAYS, SIGNED = "6f1a2b3c", 'The "signature" does not match.', "signed-"
SIGNATURE, EXPIRED, DENIED = "InvalidSignatureException", "ExpiredTokenException", "AccessDeniedException"
NO_TOKEN, UNAVAILABLE = "MissingAuthenticationTokenException", "ServiceUnavailableException"
# The header that API Gateway adds to its own errors, whatever the response says.
ERROR_TYPES = {
    "UNAUTHORIZED": "UnauthorizedException",
    "ACCESS_DENIED": DENIED,
    "INVALID_API_KEY": "ForbiddenException",
    "MISSING_AUTHENTICATION_TOKEN": NO_TOKEN,
    "THROTTLED": "TooManyRequestsException",
    "QUOTA_EXCEEDED": "LimitExceededException",
    "INVALID_SIGNATURE": SIGNATURE,
    "EXPIRED_TOKEN": EXPIRED,
    "WAF_FILTERED": "ForbiddenException",
    "INTEGRATION_TIMEOUT": "InternalServerErrorException",
}
STATUS_OF_DEFAULTS = {"DEFAULT_4XX": 415, "DEFAULT_5XX": 500}


class Reply(NamedTuple):
    status: int
    headers: dict[str, str]
    body: str


def _value(expression: str) -> str:
    """Of a mapping expression. The embedded AWS's tests have the authorizer's."""
    return expression[1:-1] if expression.startswith("'") else ""


def _reply(properties: Mapping[str, Any]) -> Reply:
    kind = properties["ResponseType"]
    mapped = {
        name.removeprefix("gatewayresponse.header."): _value(expression)
        for name, expression in properties.get("ResponseParameters", {}).items()
    }
    added = {"x-amzn-ErrorType": ERROR_TYPES[kind]} if kind in ERROR_TYPES else {}
    body = properties["ResponseTemplates"]["application/json"].replace("$context.requestId", REQUEST_ID)
    body = body.replace("$context.error.messageString", json.dumps(AWS_SAYS))
    return Reply(int(properties.get("StatusCode") or STATUS_OF_DEFAULTS[kind]), mapped | added, body)


def _replies(*, signed: bool) -> dict[str, Reply]:
    stack = Stack(App(), "Test")
    api = apigateway.RestApi(stack, "Api", cloud_watch_role=False)
    api.root.add_method("GET")
    add_gateway_responses(api, headers={}, retry_after_seconds=8, signed=signed)
    found = Template.from_stack(stack).find_resources("AWS::ApiGateway::GatewayResponse").values()
    return {item["Properties"]["ResponseType"]: _reply(item["Properties"]) for item in found}


@pytest.fixture(scope="module")
def replies() -> dict[str, Reply]:
    """With SIGNED before the type: where an API that takes signed requests differs from one that does not."""
    plain, signed = _replies(signed=False), _replies(signed=True)
    return plain | {f"{SIGNED}{kind}": reply for kind, reply in signed.items() if reply != plain.get(kind)}


@pytest.fixture(scope="module")
def url(replies: dict[str, Reply]) -> Iterator[str]:
    """Answers below /KIND with the response of that type."""

    class Gateway(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            reply = replies[self.path.split("/")[1]]
            self.send_response(reply.status)
            for name, value in {**reply.headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(reply.body.encode())))
            self.end_headers()
            self.wfile.write(reply.body.encode())

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Gateway)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()


# Status and code, then the exceptions of OpenAI's and Anthropic's clients, Anthropic's type, and boto3's error code.
KINDS = [
    ("UNAUTHORIZED", 401, "invalid_api_key", "AuthenticationError", "authentication_error", "UnauthorizedException"),
    ("ACCESS_DENIED", 403, "access_denied", "PermissionDeniedError", "permission_error", DENIED),
    ("INVALID_API_KEY", 403, "access_denied", "PermissionDeniedError", "permission_error", "ForbiddenException"),
    ("WAF_FILTERED", 403, "access_denied", "PermissionDeniedError", "permission_error", "ForbiddenException"),
    ("MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "NotFoundError", "not_found_error", NO_TOKEN),
    ("RESOURCE_NOT_FOUND", 404, "not_found", "NotFoundError", "not_found_error", "ResourceNotFoundException"),
    ("THROTTLED", 429, "rate_limit_exceeded", "RateLimitError", "rate_limit_error", "TooManyRequestsException"),
    ("QUOTA_EXCEEDED", 429, "insufficient_quota", "RateLimitError", "rate_limit_error", "LimitExceededException"),
    ("REQUEST_TOO_LARGE", 413, "request_too_large", "APIStatusError", "request_too_large", "ValidationException"),
    ("INTEGRATION_FAILURE", 502, "internal_error", "InternalServerError", "api_error", "InternalServerException"),
    ("INTEGRATION_TIMEOUT", 504, "timeout", "InternalServerError", "timeout_error", "InternalServerErrorException"),
    ("AUTHORIZER_FAILURE", 503, "service_unavailable", "InternalServerError", "overloaded_error", UNAVAILABLE),
    ("DEFAULT_4XX", 415, "invalid_request", "APIStatusError", "invalid_request_error", "ValidationException"),
    ("signed-ACCESS_DENIED", 403, "access_denied", "PermissionDeniedError", "permission_error", DENIED),
    ("signed-INVALID_SIGNATURE", 403, "invalid_signature", "PermissionDeniedError", "authentication_error", SIGNATURE),
    ("signed-EXPIRED_TOKEN", 403, "expired_token", "PermissionDeniedError", "authentication_error", EXPIRED),
    ("signed-MISSING_AUTHENTICATION_TOKEN", 404, "not_found", "NotFoundError", "not_found_error", NO_TOKEN),
    ("signed-DEFAULT_4XX", 415, "invalid_request", "APIStatusError", "invalid_request_error", "ValidationException"),
    ("DEFAULT_5XX", 500, "internal_error", "InternalServerError", "api_error", "InternalServerException"),
]  # fmt: skip


def test_every_response_has_its_row(replies: dict[str, Reply]) -> None:
    assert [row[0] for row in sorted(KINDS)] == sorted(replies)


@pytest.mark.parametrize(("kind", "status", "code", "raised", "anthropics", "aws"), KINDS)
def test_the_clients_of_all_dialects_know_the_error(
    url: str, replies: dict[str, Reply], kind: str, status: int, code: str, raised: str, anthropics: str, aws: str
) -> None:
    said = json.loads(replies[kind].body)["error"]["message"]
    with (
        openai.OpenAI(base_url=f"{url}/{kind}/v1", api_key="k", max_retries=0) as client,
        pytest.raises(openai.APIStatusError, match=re.escape(said)) as openais,
    ):
        client.chat.completions.create(model="m", messages=[])
    assert (type(openais.value).__name__, openais.value.status_code, openais.value.code) == (raised, status, code)

    with (
        anthropic.Anthropic(base_url=f"{url}/{kind}", api_key="k", max_retries=0) as other,
        pytest.raises(anthropic.APIStatusError, match=re.escape(said)) as theirs,
    ):
        other.messages.create(model="m", max_tokens=1, messages=[])
    body: Any = theirs.value.body
    assert (theirs.value.status_code, body["type"], body["error"]["type"]) == (status, "error", anthropics)
    assert body["request_id"] == REQUEST_ID

    with pytest.raises(ClientError) as failure:
        bedrock(f"{url}/{kind}").converse(modelId="m", messages=[])
    error = failure.value.response["Error"]
    assert (error["Code"], error["Message"]) == (aws, said)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == status


@cache
def _session() -> boto3.Session:
    """One for all tests: it reads Bedrock's model once."""
    return boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1")


def bedrock(url: str) -> Any:
    return _session().client("bedrock-runtime", endpoint_url=url, config=Config(retries={"total_max_attempts": 1}))


def test_the_description_of_every_dialect_has_the_body(replies: dict[str, Reply]) -> None:
    schemas = json.loads((PROJECT / "docs" / "openapi.json").read_text(encoding="utf-8"))["components"]["schemas"]
    for reply in replies.values():
        for name in ("OpenAIError", "AnthropicError", "BedrockError"):
            jsonschema.validate(json.loads(reply.body), schemas[name])


@pytest.mark.parametrize("kind", ["QUOTA_EXCEEDED", "INTEGRATION_TIMEOUT"])
def test_clients_do_not_repeat_what_a_repetition_cannot_help(url: str, replies: dict[str, Reply], kind: str) -> None:
    """A month's quota is used up, and a timeout is billed."""
    with (
        openai.OpenAI(base_url=f"{url}/{kind}/v1", api_key="k") as client,
        pytest.raises(openai.APIStatusError) as failure,
    ):
        client.chat.completions.create(model="m", messages=[])

    assert failure.value.request.headers["x-stainless-retry-count"] == "0"
    assert replies["THROTTLED"].headers.keys() & {"Retry-After", "x-should-retry"} == {"Retry-After"}
