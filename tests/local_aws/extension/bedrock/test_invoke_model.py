"""InvokeModel and its stream: embedding models, and Nova's messages."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client

TITAN = "amazon.titan-embed-text-v2:0"
COHERE = "cohere.embed-english-v3"
COHERE_4 = "cohere.embed-v4:0"
NOVA_EMBEDDINGS = "amazon.nova-2-multimodal-embeddings-v1:0"
MICRO = "amazon.nova-micro-v1:0"
HELLO = {"messages": [{"role": "user", "content": [{"text": "Hello"}]}]}


def invoked(client: Client, model: str, body: Any) -> dict[str, Any]:
    answer = client("bedrock-runtime").invoke_model(modelId=model, body=json.dumps(body))
    value: dict[str, Any] = json.load(answer["body"])
    return value


def nova(text: str, **params: Any) -> dict[str, Any]:
    given = {"embeddingPurpose": "GENERIC_INDEX", "text": {"truncationMode": "NONE", "value": text}, **params}
    return {"taskType": "SINGLE_EMBEDDING", "singleEmbeddingParams": given}


def likeness(first: list[float], second: list[float]) -> float:
    return sum(a * b for a, b in zip(first, second, strict=True))


def test_vectors_are_of_the_length_asked_for(client: Client) -> None:
    texts = {"texts": ["a", "b"], "input_type": "search_document"}

    assert len(invoked(client, TITAN, {"inputText": "a"})["embedding"]) == 1024
    assert len(invoked(client, TITAN, {"inputText": "a", "dimensions": 256})["embedding"]) == 256
    assert len(invoked(client, "amazon.titan-embed-text-v1", {"inputText": "a"})["embedding"]) == 1536
    assert [len(vector) for vector in invoked(client, COHERE, texts)["embeddings"]] == [1024, 1024]
    by_type = invoked(client, COHERE_4, texts | {"embedding_types": ["float"], "output_dimension": 512})
    assert [len(vector) for vector in by_type["embeddings"]["float"]] == [512, 512]
    assert len(invoked(client, NOVA_EMBEDDINGS, nova("a"))["embeddings"][0]["embedding"]) == 3072
    assert len(invoked(client, NOVA_EMBEDDINGS, nova("a", embeddingDimension=384))["embeddings"][0]["embedding"]) == 384


def test_similar_texts_have_similar_vectors(client: Client) -> None:
    asked, near, far, again = (
        invoked(client, TITAN, {"inputText": text})["embedding"]
        for text in (
            "How do I descale the coffee machine?",
            "Removing lime from an espresso maker",
            "Invoices are due within thirty days",
            "How do I descale the coffee machine?",
        )
    )

    assert asked == again
    assert likeness(asked, asked) == pytest.approx(1, abs=1e-4)
    assert likeness(asked, near) > likeness(asked, far) + 0.2


def test_vectors_of_two_models_do_not_compare(client: Client) -> None:
    ours = invoked(client, TITAN, {"inputText": "coffee"})["embedding"]
    theirs = invoked(client, COHERE, {"texts": ["coffee"], "input_type": "search_query"})["embeddings"][0]

    assert abs(likeness(ours, theirs)) < 0.3
    assert likeness(theirs, theirs) == pytest.approx(1, abs=1e-4)


def test_titan_gives_vectors_that_are_not_normalized_if_asked(client: Client) -> None:
    long, short = (
        invoked(client, TITAN, {"inputText": "coffee", "normalize": normalize})["embedding"]
        for normalize in (False, True)
    )

    assert likeness(short, short) == pytest.approx(1, abs=1e-4)
    assert likeness(long, long) > 2
    assert likeness(long, short) == pytest.approx(likeness(long, long) ** 0.5, rel=1e-4)


@pytest.mark.parametrize(
    ("model", "body", "says"),
    [
        (TITAN, {"inputText": ""}, "#/inputText: expected minLength: 1, actual: 0, please reformat"),
        (TITAN, {"inputText": ["a"]}, "#/inputText: expected type: String, found: JSONArray"),
        (TITAN, {"inputText": "a", "dimensions": 300}, "#/dimensions: 300 is not a valid enum value"),
        (TITAN, {"inputText": "a" * 50_001}, "expected maxLength: 50000, actual: 50001"),
        (TITAN, {"inputText": "a" * 40_000}, "Max input tokens: 8192, request input token count: 10000"),
        ("amazon.titan-embed-text-v1", {"inputText": "a", "dimensions": 256}, "extraneous key [dimensions]"),
        (COHERE, {"inputText": "a"}, "#: required key [texts] not found#: required key [input_type] not found"),
        (COHERE, {"texts": ["a"] * 97, "input_type": "clustering"}, "expected maximum item count: 96, found: 97"),
        (
            COHERE,
            {"texts": ["a" * 2049], "input_type": "clustering"},
            "#/texts/0: expected maxLength: 2048, actual: 2049",
        ),
        (NOVA_EMBEDDINGS, {"taskType": "SINGLE_EMBEDDING"}, "required key [singleEmbeddingParams] not found"),
        (NOVA_EMBEDDINGS, nova("a", embeddingDimension=512), "512 is not a valid enum value"),
        (MICRO, {"prompt": "Hello"}, "#: required key [messages] not found#: extraneous key [prompt] is not permitted"),
        (MICRO, HELLO | {"inferenceConfig": {"max_tokens": 1}}, "extraneous key [max_tokens] is not permitted"),
    ],
)
def test_wrong_bodies_are_refused(client: Client, model: str, body: Any, says: str) -> None:
    with pytest.raises(ClientError) as raised:
        invoked(client, model, body)

    assert raised.value.response["Error"]["Code"] == "ValidationException"
    assert says in raised.value.response["Error"]["Message"]


def test_embedding_models_have_no_stream_and_no_converse(client: Client) -> None:
    runtime = client("bedrock-runtime")

    with pytest.raises(ClientError, match="unsupported for streaming"):
        runtime.invoke_model_with_response_stream(modelId=TITAN, body='{"inputText": "a"}')
    with pytest.raises(ClientError, match="This action doesn't support the model that you provided"):
        runtime.converse(modelId=TITAN, **HELLO)


def test_nova_answers_in_its_own_schema(client: Client) -> None:
    body = HELLO | {"schemaVersion": "messages-v1", "inferenceConfig": {"max_new_tokens": 2, "topK": 20}}
    answer = invoked(client, MICRO, body)

    assert answer["output"]["message"]["role"] == "assistant"
    assert answer["stopReason"] == "max_tokens"
    assert set(answer) == {"output", "stopReason", "usage"}


def test_nova_streams_the_events_of_converse_as_chunks(client: Client) -> None:
    answer = client("bedrock-runtime").invoke_model_with_response_stream(modelId=MICRO, body=json.dumps(HELLO))
    chunks = [json.loads(event["chunk"]["bytes"]) for event in answer["body"]]

    assert answer["contentType"] == "application/json"
    assert "messageStart" in chunks[0]
    text = "".join(chunk["contentBlockDelta"]["delta"]["text"] for chunk in chunks if "contentBlockDelta" in chunk)
    assert text.endswith("You asked: Hello")
    assert chunks[-1]["amazon-bedrock-invocationMetrics"]["inputTokenCount"] > 0
