"""POST /v1/embeddings: by OpenAI's client, and by body."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import openai
import pytest

from inference_api.aws.errors import AwsError
from inference_api.openai_embeddings.request import MAX_TEXTS
from tests.inference_api.conftest import Api
from tests.inference_api.embeddings import TITAN, bodies, serving, titan, vector
from tests.inference_api.local_server import served


def error(code: str, message: str = "no", status: int = 400) -> AwsError:
    return AwsError(code, message, status=status)


@pytest.fixture
def embedding(api: Api) -> Api:
    """With the alias `embeddings` of Titan V2."""
    return serving(api, TITAN)


@pytest.fixture
def client(embedding: Api) -> Iterator[openai.OpenAI]:
    with (
        served(embedding, stage="/prod") as url,
        openai.OpenAI(base_url=f"{url}/v1", api_key="k", max_retries=0) as made,
    ):
        yield made


def test_the_client_gets_the_vectors_in_order(embedding: Api, client: openai.OpenAI) -> None:
    """By default it asks for base64."""
    answer = client.embeddings.create(model="embeddings", input=["a", "bb", "ccc"], dimensions=256, user="u")

    assert [item.embedding for item in answer.data] == [vector("a"), vector("bb"), vector("ccc")]
    assert [item.index for item in answer.data] == [0, 1, 2]
    assert answer.model == "embeddings"
    assert (answer.usage.prompt_tokens, answer.usage.total_tokens) == (9, 9)
    assert bodies(embedding) == [{"inputText": text, "dimensions": 256} for text in ("a", "bb", "ccc")]
    assert embedding.facts.usage == {"inputTokens": 9, "outputTokens": 0, "totalTokens": 9}


def test_the_client_gets_floats(client: openai.OpenAI) -> None:
    answer = client.embeddings.with_raw_response.create(model="embeddings", input="a", encoding_format="float")

    assert answer.headers["x-bedrock-kit-served-by"] == "foundation-model"
    assert answer.headers["x-bedrock-model"] == TITAN
    assert json.loads(answer.content)["data"] == [{"object": "embedding", "index": 0, "embedding": vector("a")}]
    assert answer.parse().data[0].embedding == vector("a")


def test_a_chat_alias_is_refused_with_the_alias_to_use(api: Api) -> None:
    serving(api, TITAN, asked=False)

    status, answer = api.post("/v1/embeddings", {"model": "assistant", "input": "a"})

    assert (status, answer["error"]["param"]) == (400, "model")
    assert "use one of the aliases for embeddings: embeddings" in answer["error"]["message"]


def test_without_an_alias_for_embeddings_the_fix_is_named(api: Api) -> None:
    _, answer = api.post("/v1/embeddings", {"model": "assistant", "input": "a"})

    assert "add an alias with an embedding model to deployment.toml" in answer["error"]["message"]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}]}),
        ("/v1/chat/completions", {"messages": [{"role": "user", "content": "Hello"}], "stream": True}),
        ("/v1/retrieve-and-generate", {"query": "Hello"}),
    ],
)
def test_an_embedding_alias_gives_no_answers(api: Api, path: str, body: dict[str, Any]) -> None:
    serving(api, TITAN, asked=False)

    status, answer = api.post(path, {"model": "embeddings", **body})

    assert status == 400
    assert "POST /v1/embeddings, or use one of the aliases for answers: assistant, support-bot" in str(answer)


def test_models_lists_aliases_of_both_kinds(api: Api) -> None:
    _, _, content = serving(api, TITAN, asked=False).raw("GET", "/v1/models")

    assert [entry["id"] for entry in json.loads(content)["data"]] == ["assistant", "embeddings", "support-bot"]


@pytest.mark.parametrize(
    ("body", "code", "says"),
    [
        ({}, "missing_field", "input is missing"),
        ({"input": []}, "invalid_value", "a list of strings that is not empty"),
        ({"input": ""}, "invalid_value", "input is an empty string"),
        ({"input": ["a", ""]}, "invalid_value", r"input[1] is an empty string"),
        ({"input": [1, 2]}, "unsupported_value", "check_embedding_ctx_length=False"),
        ({"input": [[1, 2]]}, "unsupported_value", "token ids"),
        ({"input": ["a", None]}, "invalid_value", "input[1] must be a string, got NoneType"),
        ({"input": {"a": 1}}, "invalid_value", "a list of strings"),
        ({"input": ["a"] * (MAX_TEXTS + 1)}, "invalid_value", f"at most {MAX_TEXTS} strings, got {MAX_TEXTS + 1}"),
        ({"input": "a", "encoding_format": "int8"}, "unsupported_value", "one of float, base64"),
        ({"input": "a", "truncate": "END"}, "unknown_field", "truncate is not a field"),
    ],
)
def test_what_is_refused(api: Api, body: dict[str, Any], code: str, says: str) -> None:
    status, answer = api.post("/v1/embeddings", {"model": "support-bot", **body})

    assert (status, answer["error"]["code"]) == (400, code)
    assert says in answer["error"]["message"]


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"dimensions": 300}, "256 or 512 or 1024 for amazon.titan-embed-text-v2:0, got 300"),
        ({"input_type": "search_query"}, "input_type is not supported: amazon.titan-embed-text-v2:0 embeds documents"),
    ],
)
def test_what_the_model_does_not_have_is_refused(embedding: Api, body: dict[str, Any], says: str) -> None:
    status, answer = embedding.post("/v1/embeddings", {"model": "embeddings", "input": "a", **body})

    assert (status, answer["error"]["code"], answer["error"]["param"]) == (400, "unsupported_value", next(iter(body)))
    assert says in answer["error"]["message"]
    assert bodies(embedding) == []


def test_titan_gets_eight_texts_at_once(embedding: Api) -> None:
    embedding.post("/v1/embeddings", {"model": "embeddings", "input": ["a"] * 20})

    assert embedding.clients.at_once == [8, 8, 4]
    assert len(embedding.facts.attempts) == 1


def test_a_throttled_text_alone_is_sent_again(embedding: Api) -> None:
    failures = [error("ThrottlingException", status=429)]
    embedding.clients.answers = lambda model, body: (
        failures.pop() if body["inputText"] == "bb" and failures else titan(model, body)
    )

    status, answer = embedding.post("/v1/embeddings", {"model": "embeddings", "input": ["a", "bb", "ccc"]})

    assert status == 200
    assert [item["embedding"] for item in answer["data"]] == [vector("a"), vector("bb"), vector("ccc")]
    assert embedding.clients.at_once == [3, 1]
    assert [attempt.error for attempt in embedding.facts.attempts] == ["ThrottlingException", None]
    assert answer["served_by"]["attempts"] == 2


def test_a_text_that_bedrock_refuses_is_named(embedding: Api) -> None:
    says = "400 Bad Request: Too many input tokens. Max input tokens: 8192, request input token count: 9875 "
    embedding.clients.answers = lambda model, body: (
        error("ValidationException", says) if body["inputText"] == "long" else titan(model, body)
    )

    status, answer = embedding.post("/v1/embeddings", {"model": "embeddings", "input": ["a", "long"]})

    assert (status, answer["error"]["param"]) == (400, "input")
    assert answer["error"]["message"].startswith("input[1]: Bedrock rejected the request: 400 Bad Request: Too many")
    assert embedding.facts.error == "invalid_request"


@pytest.mark.parametrize(
    ("code", "status"), [("AccessDeniedException", 403), ("InternalServerException", 503), ("ModelErrorException", 502)]
)
def test_other_errors_are_those_of_chat(embedding: Api, code: str, status: int) -> None:
    embedding.clients.answers = lambda model, body: error(code, status=500)

    got, _ = embedding.post("/v1/embeddings", {"model": "embeddings", "input": "a"})

    assert got == status
    assert embedding.facts.attempts


@pytest.mark.parametrize("response", [{}, {"embedding": None}, {"embedding": ["x"]}, []])
def test_a_response_without_vectors_is_an_error(embedding: Api, response: Any) -> None:
    embedding.clients.answers = lambda model, body: response

    status, answer = embedding.post(
        "/v1/embeddings", {"model": "embeddings", "input": "a", "encoding_format": "base64"}
    )

    assert (status, answer["error"]["code"]) == (502, "model_error")
