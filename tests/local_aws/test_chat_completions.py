"""Chat completions whose requests only a real client carries: JSON answers, images and documents."""

import base64
import json
from collections.abc import Iterator
from typing import Any

import pytest

from inference_api.http_messages import Request
from inference_api.routes import respond
from tests.local_aws.api import Api, calling
from tests.local_aws.conftest import Client

FORMAT = {
    "type": "json_schema",
    "json_schema": {
        "name": "place",
        "schema": {
            "type": "object",
            "properties": {"city": {"type": "string"}},
            "required": ["city"],
            "additionalProperties": False,
        },
    },
}


def ask(api: Api, content: Any, **more: Any) -> bytes:
    body = {"model": "bot", "messages": [{"role": "user", "content": content}], **more}
    answer, _ = respond(Request("POST", "/v1/chat/completions", json.dumps(body).encode()), api.service)
    said = b"".join(answer.body)
    assert answer.status == 200, said
    return said


@pytest.fixture
def api(client: Client) -> Iterator[Api]:
    with calling(client("sts").meta.endpoint_url) as made:
        yield made


def test_an_answer_follows_its_schema(api: Api) -> None:
    whole = json.loads(ask(api, "Where?", response_format=FORMAT))["choices"][0]
    events = ask(api, "Where?", response_format=FORMAT, stream=True).decode().split("\n\n")

    deltas = [json.loads(event[6:])["choices"][0]["delta"] for event in events if event.startswith("data: {")]
    streamed = "".join(delta.get("content", "") for delta in deltas)
    assert list(json.loads(whole["message"]["content"])) == list(json.loads(streamed)) == ["city"]
    assert whole["finish_reason"] == "stop"


def test_an_image_and_a_document_arrive(api: Api) -> None:
    encoded = base64.b64encode(b"\x89PNG\r\n\x1a\n").decode()
    image = {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{encoded}"}}
    document = {"type": "file", "file": {"filename": "a.txt", "file_data": "data:text/plain;base64,aGk="}}

    assert ask(api, [image, document])
