"""Anthropic's dialect on the embedded AWS, which refuses cache points and counts of tokens as Bedrock does."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from inference_api.http_messages import Request
from inference_api.routes import respond
from kit_contract.inference_api import Model
from tests.local_aws.api import FOUNDATION_MODEL, Api, calling
from tests.local_aws.conftest import Client

MARK = {"cache_control": {"type": "ephemeral"}}
BODY: dict[str, Any] = {
    "system": [{"type": "text", "text": "Be brief.", **MARK}],
    "messages": [{"role": "user", "content": [{"type": "text", "text": "Hello", **MARK}]}],
    "tools": [{"name": "weather", "input_schema": {"type": "object"}, **MARK}],
}
MODELS = {
    "claude": "anthropic.claude-3-5-haiku-20241022-v1:0",
    "nova": "amazon.nova-micro-v1:0",
    "mistral": "mistral.mistral-small-2402-v1:0",
}


@pytest.fixture
def api(client: Client) -> Iterator[Api]:
    with calling(client("sts").meta.endpoint_url):
        yield Api({alias: Model(model, FOUNDATION_MODEL + model) for alias, model in MODELS.items()})


def post(api: Api, path: str, alias: str, **more: Any) -> tuple[int, str]:
    body = json.dumps({**BODY, "model": alias, **more}).encode()
    answer, _ = respond(Request("POST", path, body), api.service)
    return answer.status, b"".join(answer.body).decode()


@pytest.mark.parametrize("alias", MODELS)
def test_every_model_answers_a_request_with_cache_marks(api: Api, alias: str) -> None:
    status, whole = post(api, "/v1/messages", alias, max_tokens=100)
    _, events = post(api, "/v1/messages", alias, max_tokens=100, stream=True)

    assert status == 200, whole
    assert json.loads(whole)["content"][0]["text"].startswith("[mock answer")
    assert events.endswith('data: {"type": "message_stop"}\n\n')


def test_tokens_are_counted_for_claude_only(api: Api) -> None:
    counts = [post(api, "/v1/messages/count_tokens", alias) for alias in MODELS]

    assert [status for status, _ in counts] == [200, 400, 400]
    assert json.loads(counts[0][1])["input_tokens"] > 0
    assert "counts no tokens" in counts[1][1]
