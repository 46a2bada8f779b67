"""InvokeModel and InvokeModelWithResponseStream of boto3, against the API behind a local server."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore import UNSIGNED
from botocore.config import Config
from botocore.exceptions import ClientError, EventStreamError

from inference_api.aws.client import SILENCE, Event
from inference_api.aws.errors import AwsError
from inference_api.aws.event_stream import BrokenStreamError
from inference_api.fallback import MAX_ATTEMPTS
from tests.inference_api.conftest import ORDER, Api
from tests.inference_api.embeddings import TITAN, serving
from tests.inference_api.local_server import served

BODY = json.dumps({"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}).encode()
CALLS = {"invoke_model": "invoke_model", "stream": "invoke_model_with_response_stream"}


def chunk(**value: Any) -> Event:
    return Event("chunk", {"bytes": base64.b64encode(json.dumps(value).encode()).decode()})


@pytest.fixture
def client(api: Api) -> Iterator[Any]:
    with served(api, stage="/prod") as url:
        config = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
        yield boto3.client("bedrock-runtime", region_name="eu-central-1", endpoint_url=url, config=config)


def of_one_model(api: Api) -> None:
    aliases = {name: alias._replace(one_model=True) for name, alias in api.settings.aliases.items()}
    api.settings = api.settings._replace(aliases=aliases)
    api.configure(ORDER)


def test_body_and_headers_are_passed_on(api: Api, client: Any) -> None:
    api.base_serves()
    api.clients.answers = lambda model, body: {"answer": body}
    api.clients.reply_headers = {
        "content-type": "application/json",
        "x-amzn-bedrock-input-token-count": "7",
        "x-amzn-bedrock-output-token-count": "2",
        "x-amzn-requestid": "theirs",
    }

    answer = client.invoke_model(
        modelId="support-bot",
        body=BODY,
        contentType="application/json",
        accept="*/*",
        serviceTier="flex",
        performanceConfigLatency="standard",
        trace="DISABLED",
        requestMetadata='{"team": "support"}',
    )

    assert json.load(answer["body"]) == {"answer": json.loads(BODY)}
    (model, body, headers), *_ = api.clients.invoked
    assert (model, body) == ("amazon.nova-micro-v1:0", BODY)
    assert headers == {
        "content-type": "application/json",
        "accept": "*/*",
        "x-amzn-bedrock-service-tier": "flex",
        "x-amzn-bedrock-performanceconfig-latency": "standard",
        "x-amzn-bedrock-trace": "DISABLED",
        "x-amzn-bedrock-request-metadata": '{"team": "support"}',
    }
    received = answer["ResponseMetadata"]["HTTPHeaders"]
    assert received["x-amzn-bedrock-input-token-count"] == "7"
    assert "x-amzn-requestid" not in received
    assert received["x-bedrock-kit-served-by"] == "foundation-model"
    assert api.facts.usage == {"inputTokens": 7, "outputTokens": 2}


def test_an_embedding_alias_is_invoked_too(api: Api, client: Any) -> None:
    """As LangChain's BedrockEmbeddings does."""
    serving(api, TITAN)

    answer = client.invoke_model(modelId="embeddings", body='{"inputText": "ab"}', accept="application/json")

    assert json.load(answer["body"]) == {"embedding": [1.0, -0.25], "inputTextTokenCount": 3}


def test_a_stream_is_passed_on(api: Api, client: Any) -> None:
    api.base_serves()
    metrics = {"amazon-bedrock-invocationMetrics": {"inputTokenCount": 4, "outputTokenCount": 9}}
    api.clients.chunks.append([chunk(a="✓"), SILENCE, chunk(b=2), chunk(**metrics)])
    api.clients.reply_headers = {"x-amzn-bedrock-content-type": "application/json"}

    answer = client.invoke_model_with_response_stream(modelId="support-bot", body=BODY, accept="application/json")

    assert [json.loads(event["chunk"]["bytes"]) for event in answer["body"]] == [{"a": "✓"}, {"b": 2}, metrics]
    assert answer["contentType"] == "application/json"
    assert api.clients.invoked[0][2]["x-amzn-bedrock-accept"] == "application/json"
    assert api.facts.usage == {"inputTokens": 4, "outputTokens": 9}
    assert api.facts.error is None


def test_a_stream_that_breaks_is_an_exception(api: Api, client: Any) -> None:
    api.base_serves()
    broken: list[Any] = [chunk(a=1), BrokenStreamError("the stream ended within a frame")]
    api.clients.chunks.append(broken)

    stream = client.invoke_model_with_response_stream(modelId="support-bot", body=BODY)["body"]

    with pytest.raises(EventStreamError, match="serviceUnavailableException"):
        list(stream)
    assert api.facts.error == "BrokenStreamError"


def test_a_stream_without_a_chunk_falls_back(api: Api, client: Any) -> None:
    api.base_serves()
    api.clients.chunks += [[], [chunk(a=1)]]

    stream = client.invoke_model_with_response_stream(modelId="support-bot", body=BODY)["body"]

    assert len(list(stream)) == 1
    assert [attempt.error for attempt in api.facts.attempts] == ["stream_cut", None]


@pytest.mark.parametrize("call", CALLS)
@pytest.mark.parametrize(("header", "value"), [("guardrailIdentifier", "abc"), ("guardrailVersion", "1")])
def test_guardrails_of_the_caller_are_refused_by_name(
    api: Api, client: Any, call: str, header: str, value: str
) -> None:
    with pytest.raises(ClientError, match=f"x-amzn-bedrock-{header.lower()} is not supported") as raised:
        getattr(client, CALLS[call])(modelId="support-bot", body=BODY, **{header: value})

    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert api.clients.invoked == []


def test_other_headers_of_bedrock_are_refused_by_name(api: Api, client: Any) -> None:
    client.meta.events.register(
        "before-call", lambda params, **_: params["headers"].update({"X-Amzn-Bedrock-New": "1"})
    )

    with pytest.raises(ClientError, match="x-amzn-bedrock-new is not one of this request"):
        client.invoke_model(modelId="support-bot", body=BODY)


def test_the_body_stays_with_the_first_target(api: Api, client: Any) -> None:
    """A customization's base model can differ from the alias's, and then also its schema."""
    api.promoted()
    api.clients.answers = lambda model, body: AwsError("ThrottlingException", "no", status=429)

    with pytest.raises(ClientError, match="ThrottlingException"):
        client.invoke_model(modelId="support-bot", body=BODY)

    assert {model.rpartition(":")[2] for model, _, _ in api.clients.invoked} == {"custom-model-deployment/abcdefgh1234"}
    assert len(api.clients.invoked) == MAX_ATTEMPTS


def test_it_falls_back_between_targets_of_one_model(api: Api, client: Any) -> None:
    of_one_model(api)
    api.promoted()
    api.clients.answers = lambda model, body: (
        AwsError("ThrottlingException", "no", status=429) if "custom" in model else {"ok": True}
    )

    answer = client.invoke_model(modelId="support-bot", body=BODY)

    assert answer["ResponseMetadata"]["HTTPHeaders"]["x-bedrock-kit-attempts"] == "2"


def test_bedrocks_complaint_reaches_the_caller(api: Api, client: Any) -> None:
    api.base_serves()
    says = "Malformed input request: extraneous key [x] is not permitted, please reformat your input and try again."
    api.clients.answers = lambda model, body: AwsError("ValidationException", says, status=400)

    with pytest.raises(ClientError, match=r"extraneous key \[x\]"):
        client.invoke_model(modelId="support-bot", body=b'{"x": 1}')


@pytest.mark.parametrize("operation", ["invoke", "invoke-with-response-stream"])
def test_an_empty_body_asks_no_model(api: Api, operation: str) -> None:
    api.base_serves()

    status, _, answer = api.raw("POST", f"/model/support-bot/{operation}")

    assert (status, json.loads(answer)["message"]) == (400, "the body is missing; send the one that the model takes")
    assert api.clients.invoked == []


def test_an_unknown_alias_is_not_found(client: Any) -> None:
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.invoke_model(modelId="amazon.nova-micro-v1:0", body=BODY)
