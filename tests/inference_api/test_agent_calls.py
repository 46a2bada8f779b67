"""The calls of agents on the wire, held against botocore's: place of each member, signature, streams."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import boto3
import pytest
from botocore.awsrequest import AWSResponse, HTTPHeaders

from inference_api import agent_calls as calls
from inference_api.aws.client import client
from inference_api.aws.event_stream import BrokenStreamError
from tests.inference_api.agents.conftest import FUNCTION_ARN, HARNESS_ARN, SECRET_ARN
from tests.inference_api.agents.harness_events import LOOKED_UP
from tests.inference_api.aws.test_client import END, STREAM, event
from tests.inference_api.peer import CLOSE, Peer, sized

SESSION = "s" * 64
MESSAGES = [{"role": "user", "content": [{"text": "Grüezi"}]}]
WIRE = [event(name, value) for name, value in LOOKED_UP]


@pytest.fixture
def peer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Peer]:
    with Peer() as made:
        settings = {"ENDPOINT_URL": made.url, "REGION": "us-east-1", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}
        for name, value in settings.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        client.cache_clear()
        yield made
        client.cache_clear()


def botocores(service: str, operation: str, url: str, **members: Any) -> Any:
    """The request that botocore would send."""
    made = boto3.client(
        service, region_name="us-east-1", endpoint_url=url, aws_access_key_id="x", aws_secret_access_key="x"
    )
    sent: list[Any] = []

    def keep(request: Any, **_: Any) -> Any:
        sent.append(request)
        return AWSResponse(request.url, 500, HTTPHeaders(), None)

    made.meta.events.register("before-send", keep)
    with suppress(Exception):  # there is no answer
        getattr(made, operation)(**members)
    return sent[0]


def parts_of(request: bytes) -> tuple[str, dict[str, str], bytes]:
    """(path, headers, body)."""
    head, _, body = request.partition(b"\r\n\r\n")
    first, *lines = head.decode().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return first.split(" ")[1], headers, body


def test_invoke_harness_is_what_botocore_sends(peer: Peer) -> None:
    peer.expect([[STREAM, *WIRE, END]])

    events = list(calls.invoke_harness(HARNESS_ARN, MESSAGES, SESSION, "default", read_seconds=5, quiet_seconds=5))

    assert events == LOOKED_UP
    path, headers, body = parts_of(peer.requests[0])
    theirs = botocores(
        "bedrock-agentcore",
        "invoke_harness",
        peer.url,
        harnessArn=HARNESS_ARN,
        qualifier="live",
        runtimeSessionId=SESSION,
        actorId="default",
        messages=MESSAGES,
    )
    assert f"{peer.url}{path}" == theirs.url
    assert json.loads(body) == json.loads(theirs.body)
    name = "X-Amzn-Bedrock-AgentCore-Runtime-Session-Id"
    assert headers[name.lower()] == SESSION == theirs.headers[name].decode()
    assert "/us-east-1/bedrock-agentcore/aws4_request" in headers["authorization"]


@pytest.mark.parametrize("length", range(1, len(WIRE)))
def test_a_connection_that_closes_early_is_an_error(peer: Peer, length: int) -> None:
    peer.expect([[STREAM, *WIRE[:length], CLOSE]])

    with pytest.raises(ConnectionError):
        list(calls.invoke_harness(HARNESS_ARN, MESSAGES, SESSION, "default", read_seconds=5, quiet_seconds=5))


def test_a_stream_that_ends_within_a_frame(peer: Peer) -> None:
    frame = WIRE[0].split(b"\r\n", 1)[1][:-2]
    cut = frame[:-3]
    peer.expect([[STREAM, b"%x\r\n%b\r\n" % (len(cut), cut), END]])

    with pytest.raises(BrokenStreamError):
        list(calls.invoke_harness(HARNESS_ARN, MESSAGES, SESSION, "default", read_seconds=5, quiet_seconds=5))


def test_a_tool_gets_its_arguments_and_its_name(peer: Peer) -> None:
    peer.expect([[sized(b'{"ticket": "T-1"}')]])
    context = {"bedrockAgentCoreToolName": "create-ticket___call"}

    reply = calls.invoke_function(FUNCTION_ARN, {"title": "ü"}, context, read_seconds=5)

    assert json.loads(reply.body) == {"ticket": "T-1"}
    path, headers, body = parts_of(peer.requests[0])
    encoded = base64.b64encode(json.dumps({"custom": context}).encode()).decode()
    theirs = botocores(
        "lambda",
        "invoke",
        peer.url,
        FunctionName=FUNCTION_ARN,
        ClientContext=encoded,
        Payload=json.dumps({"title": "ü"}).encode(),
    )
    assert f"{peer.url}{path}" == theirs.url
    assert body == theirs.body
    assert headers["x-amz-client-context"] == theirs.headers["X-Amz-Client-Context"].decode()
    assert "/us-east-1/lambda/aws4_request" in headers["authorization"]


def test_the_secret(peer: Peer) -> None:
    peer.expect([[sized(b'{"SecretString": "x"}')]])

    assert calls.get_secret(SECRET_ARN) == "x"
    assert json.loads(parts_of(peer.requests[0])[2]) == {"SecretId": SECRET_ARN}
