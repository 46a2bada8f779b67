"""boto3 with the API's key in place of credentials, against the API behind a local server."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from functools import cache
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from inference_api.aws.client import SILENCE, Event
from inference_api.aws.errors import AwsError
from inference_api.aws.event_stream import BrokenStreamError
from inference_api.fallback import MAX_ATTEMPTS
from tests.inference_api.conftest import Api, converse_events, converse_response
from tests.inference_api.local_server import served

HELLO: list[Any] = [{"role": "user", "content": [{"text": "Hello"}]}]
SPECIFICATION = {"name": "weather", "inputSchema": {"json": {"type": "object"}}}
USE = {"toolUse": {"toolUseId": "t1", "name": "weather", "input": {"city": "Basel"}}}


def without_tls(request: Any, **_: Any) -> None:
    request.url = request.url.replace("https:", "http:")


@pytest.fixture
def received() -> list[Any]:
    """The headers of the requests."""
    return []


@pytest.fixture
def url(api: Api, received: list[Any]) -> Iterator[str]:
    with served(api, stage="/prod", received=received) as stage:
        yield f"{stage}/"


@cache
def _session() -> boto3.Session:
    """One for all tests: it reads Bedrock's model once."""
    return boto3.Session(region_name="eu-central-1")


@pytest.fixture
def connect(url: str, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Makes clients. `attempts`: of boto3."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", "the-key")

    def made(attempts: int = 1) -> Any:
        config = Config(retries={"total_max_attempts": attempts, "mode": "standard"})
        # boto3 sends bearer tokens to HTTPS only.
        client: Any = _session().client("bedrock-runtime", endpoint_url=url.replace("http:", "https:"), config=config)
        client.meta.events.register("before-send.bedrock-runtime", without_tls)
        return client

    return made


@pytest.fixture
def client(connect: Any) -> Any:
    return connect()


def test_the_key_is_the_bearer_token(api: Api, client: Any, received: list[Any]) -> None:
    api.base_serves()
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))

    answer = client.converse(modelId="support-bot", messages=HELLO)

    assert answer["output"]["message"]["content"] == [{"text": "Hi"}]
    assert (answer["stopReason"], answer["usage"]["totalTokens"]) == ("end_turn", 15)
    assert received[0]["Authorization"] == "Bearer the-key"
    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-bedrock-kit-served-by"] == "foundation-model"


def test_every_field_reaches_the_model(api: Api, client: Any) -> None:
    api.base_serves()
    given = {
        "messages": [
            {"role": "user", "content": [{"text": "Weather?"}, {"cachePoint": {"type": "default"}}]},
            {"role": "assistant", "content": [USE]},
            {"role": "user", "content": [{"toolResult": {"toolUseId": "t1", "content": [{"json": {"rain": True}}]}}]},
        ],
        "system": [{"text": "Be brief."}],
        "inferenceConfig": {"maxTokens": 9, "temperature": 0.5, "topP": 0.9, "stopSequences": ["."]},
        "toolConfig": {"tools": [{"toolSpec": SPECIFICATION}], "toolChoice": {"auto": {}}},
        "additionalModelRequestFields": {"inferenceConfig": {"topK": 20}},
        "additionalModelResponseFieldPaths": ["/stop_sequence"],
        "requestMetadata": {"team": "support"},
        "performanceConfig": {"latency": "standard"},
        "serviceTier": {"type": "flex"},
        "outputConfig": {"textFormat": {"type": "json_schema", "structure": {"jsonSchema": {"schema": "{}"}}}},
    }
    response = converse_response({"text": "Rain."})
    api.runtime.add_response("converse", response, {"modelId": "amazon.nova-micro-v1:0", **given})

    assert client.converse(modelId="support-bot", **given)["output"] == response["output"]


def test_a_stream_of_text_and_tool_calls(api: Api, client: Any) -> None:
    api.base_serves()
    events = converse_events({"text": "Wait ✓"}, USE, reason="tool_use")
    api.clients.streams.append([events[0], SILENCE, *events[1:]])

    tools = {"tools": [{"toolSpec": SPECIFICATION}]}
    stream = client.converse_stream(modelId="support-bot", messages=HELLO, toolConfig=tools)["stream"]

    assert list(stream) == [{event.name: event.value} for event in events]


@pytest.mark.parametrize(
    ("code", "expected", "status"),
    [
        ("ThrottlingException", "ThrottlingException", 429),
        ("ModelNotReadyException", "ModelNotReadyException", 429),
        ("AccessDeniedException", "AccessDeniedException", 403),
        ("ResourceNotFoundException", "ResourceNotFoundException", 404),
        ("ValidationException", "ValidationException", 400),
        ("ModelErrorException", "ModelErrorException", 424),
        ("ModelTimeoutException", "ModelTimeoutException", 408),
        ("InternalServerException", "ServiceUnavailableException", 503),
        ("ExpiredTokenException", "InternalServerException", 500),
    ],
)
@pytest.mark.parametrize("operation", ["converse", "converse_stream"])
def test_errors_are_the_exceptions_of_the_client(
    api: Api, client: Any, operation: str, code: str, expected: str, status: int
) -> None:
    api.base_serves()
    once = code in (
        "AccessDeniedException",
        "ResourceNotFoundException",
        "ValidationException",
        "ExpiredTokenException",
    )
    for _ in range(1 if once else MAX_ATTEMPTS):
        api.runtime.add_client_error("converse", code, "no")
    api.clients.converse_stream = api.clients.converse  # type: ignore[method-assign, assignment]

    with pytest.raises(getattr(client.exceptions, expected)) as failure:
        getattr(client, operation)(modelId="support-bot", messages=HELLO)

    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == status
    assert failure.value.response["Error"]["Message"]


def test_boto3_repeats_a_throttled_request_but_not_a_timeout(api: Api, connect: Any, received: list[Any]) -> None:
    api.base_serves()
    for code in ["ThrottlingException"] * MAX_ATTEMPTS:
        api.runtime.add_client_error("converse", code)
    api.runtime.add_response("converse", converse_response({"text": "Hi"}))
    assert connect(attempts=2).converse(modelId="support-bot", messages=HELLO)["stopReason"] == "end_turn"
    assert len(received) == 2

    for code in ["ModelTimeoutException"] * MAX_ATTEMPTS:
        api.runtime.add_client_error("converse", code)
    with pytest.raises(ClientError, match="ModelTimeoutException"):
        connect(attempts=2).converse(modelId="support-bot", messages=HELLO)
    assert len(received) == 3


@pytest.mark.parametrize(
    ("failure", "expected"),
    [
        (AwsError("ThrottlingException", "x", status=429), "throttlingException"),
        (AwsError("ServiceUnavailableException", "x", status=503), "serviceUnavailableException"),
        (AwsError("ModelStreamErrorException", "x", status=424), "modelStreamErrorException"),
        (AwsError("ValidationException", "x", status=400), "validationException"),
        (BrokenStreamError("x"), "serviceUnavailableException"),
        (KeyError("x"), "internalServerException"),
        (None, "modelStreamErrorException"),
    ],
)
def test_a_stream_that_breaks_ends_in_an_exception(
    api: Api, client: Any, failure: Exception | None, expected: str
) -> None:
    api.base_serves()

    def broken(*_: Any, read_seconds: float) -> Generator[Event, None, None]:
        yield from converse_events({"text": "Hello"})[:3]
        if failure:
            raise failure

    api.clients.converse_stream = broken  # type: ignore[method-assign, assignment]
    arrived = []

    with pytest.raises(EventStreamError) as raised:
        arrived += [*client.converse_stream(modelId="support-bot", messages=HELLO)["stream"]]

    assert raised.value.response["Error"]["Code"] == expected
    assert raised.value.response["Error"]["Message"]


@pytest.mark.parametrize("model", ["gpt-4o", "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefgh5678"])
def test_an_unknown_alias_is_not_found(client: Any, model: str) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match="assistant, support-bot"):
        client.converse(modelId=model, messages=HELLO)


def test_what_the_api_cannot_pass_on_is_refused_by_name(client: Any) -> None:
    guardrail = {"guardrailIdentifier": "a", "guardrailVersion": "1"}

    with pytest.raises(client.exceptions.ValidationException, match="guardrailConfig is not supported"):
        client.converse(modelId="support-bot", messages=HELLO, guardrailConfig=guardrail)


def test_other_operations_are_not_found(client: Any) -> None:
    with pytest.raises(client.exceptions.ResourceNotFoundException, match=r"/model/\{alias\}/converse, "):
        client.count_tokens(modelId="support-bot", input={"converse": {"messages": HELLO}})
