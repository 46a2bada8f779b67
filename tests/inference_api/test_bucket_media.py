"""Images and documents in S3: named in each dialect, read only from the listed buckets, and no fault of the model."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError

from inference_api.errors import ApiError
from inference_api.media import document_at, image_at
from kit_contract.inference_api import Settings
from kit_contract.inference_api_settings import settings_from
from tests.inference_api.conftest import ENVIRONMENT, MICRO, Api, converse_response

PNG, PDF = "s3://pictures/cats/a.PNG", "s3://papers/2026/Report 1.pdf"
IMAGE = {"image": {"format": "png", "source": {"s3Location": {"uri": PNG}}}}
DOCUMENT = {"document": {"format": "pdf", "name": "Report 1", "source": {"s3Location": {"uri": PDF}}}}
CONTENT = [{"text": "What is this?"}, IMAGE, DOCUMENT]
CHAT = [
    {"type": "text", "text": "What is this?"},
    {"type": "image_url", "image_url": {"url": PNG}},
    {"type": "file", "file": {"file_data": PDF}},
]
RESPONSES = [
    {"type": "input_text", "text": "What is this?"},
    {"type": "input_image", "image_url": PNG},
    {"type": "input_file", "file_url": PDF},
]
MESSAGES = [
    {"type": "text", "text": "What is this?"},
    {"type": "image", "source": {"type": "url", "url": PNG}},
    {"type": "document", "source": {"type": "url", "url": PDF}},
]


def user(content: Any) -> list[dict[str, Any]]:
    return [{"role": "user", "content": content}]


# Path, body, and the names of the image and the document in it.
DIALECTS: dict[str, tuple[str, dict[str, Any], str, str]] = {
    "chat": (
        "/v1/chat/completions",
        {"model": "support-bot", "messages": user(CHAT)},
        "messages[0].content[1].image_url.url",
        "messages[0].content[2].file.file_data",
    ),
    "responses": (
        "/v1/responses",
        {"model": "support-bot", "input": user(RESPONSES)},
        "input[0].content[1].image_url",
        "input[0].content[2].file_url",
    ),
    "messages": (
        "/v1/messages",
        {"model": "support-bot", "max_tokens": 9, "messages": user(MESSAGES)},
        "messages[0].content[1].source.url",
        "messages[0].content[2].source.url",
    ),
    "converse": (
        "/model/support-bot/converse",
        {"messages": user(CONTENT)},
        "messages[0].content[1].image.source.s3Location",
        "messages[0].content[2].document.source.s3Location",
    ),
}


@pytest.fixture
def reading(api: Api) -> Api:
    return allow(api, "pictures/cats/", "papers")


def allow(api: Api, *buckets: str) -> Api:
    api.settings = api.settings._replace(media_buckets=buckets)
    api.configure(["on-demand", "base"])
    return api


@pytest.mark.parametrize("name", DIALECTS)
def test_each_dialect_names_objects(reading: Api, name: str) -> None:
    path, body, _, _ = DIALECTS[name]
    reading.base_serves()
    expected: dict[str, Any] = {"modelId": MICRO["model"], "messages": user(CONTENT)}
    expected |= {"inferenceConfig": {"maxTokens": 9}} if name == "messages" else {}
    reading.runtime.add_response("converse", converse_response({"text": "A cat"}), expected)

    status, answer = reading.post(path, body)

    assert status == 200, answer


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(
    "buckets", [(), ("papers",), ("pictures/cats/",), ("pictures/cat/", "papers"), ("picture", "paper")]
)
def test_an_object_elsewhere_is_refused_by_name(api: Api, name: str, buckets: tuple[str, ...]) -> None:
    path, body, image, document = DIALECTS[name]
    named = document if "pictures/cats/" in buckets else image

    status, answer = allow(api, *buckets).post(path, body)

    assert status == 400
    message = answer["message"] if name == "converse" else answer["error"]["message"]
    assert message.startswith(f"{named} is not supported: this API may not read s3://p")
    assert "media_buckets in [inference_api]" in message


def test_results_of_tools_streams_and_counts_are_checked_too(api: Api) -> None:
    result = {"type": "tool_result", "tool_use_id": "t1", "content": MESSAGES[1:2]}
    use = {"type": "tool_use", "id": "t1", "name": "look", "input": {}}
    messages = [*user("Look"), {"role": "assistant", "content": [use]}, *user([result])]
    body = {
        "model": "support-bot",
        "messages": messages,
        "tools": [{"name": "look", "input_schema": {"type": "object"}}],
    }

    for path, more in (
        ("/v1/messages", {"max_tokens": 9}),
        ("/v1/messages", {"max_tokens": 9, "stream": True}),
        ("/v1/messages/count_tokens", {}),
    ):
        status, answer = api.post(path, {**body, **more})
        assert status == 400
        assert answer["error"]["message"].startswith("messages[2].content[0].content[0].source.url is not supported")


@pytest.mark.parametrize("name", DIALECTS)
@pytest.mark.parametrize(
    "message",
    [
        "User: arn:aws:sts::1:r is not authorized to perform: s3:GetObject on resource: arn:aws:s3:::model/a",
        "Access Denied",
    ],
)
def test_an_object_that_cannot_be_read_leaves_the_model_to_others(reading: Api, name: str, message: str) -> None:
    path, body, image, _ = DIALECTS[name]
    reading.base_serves()
    reading.runtime.add_client_error("converse", "AccessDeniedException", message)

    status, answer = reading.post(path, body)

    assert status == 400
    assert f"Bedrock cannot read {image}" in json.dumps(answer)
    assert len(reading.facts.attempts) == 1
    assert not reading.service.fallback._pauses._pauses


def test_a_denied_model_is_still_one(reading: Api) -> None:
    path, body, _, _ = DIALECTS["chat"]
    reading.base_serves()
    denied = "You don't have access to the model with the specified model ID."
    reading.runtime.add_client_error("converse", "AccessDeniedException", denied)

    assert reading.post(path, body)[0] == 403


def test_a_model_that_takes_bytes_only_is_said(reading: Api) -> None:
    path, body, image, _ = DIALECTS["messages"]
    reading.base_serves()
    message = "The model returned the following errors: messages.0.content.1.image.source.type: Field required"
    reading.runtime.add_client_error("converse", "ValidationException", message)

    status, answer = reading.post(path, body)

    assert status == 400
    assert f"{image} is not supported: the model that serves this alias reads no objects" in answer["error"]["message"]


def test_another_account_is_refused(reading: Api) -> None:
    location = {"uri": PNG, "bucketOwner": "444455556666"}
    block = {"image": {"format": "png", "source": {"s3Location": location}}}

    status, answer = reading.post("/model/support-bot/converse", {"messages": user([block])})

    assert status == 400
    assert "s3Location.bucketOwner is not supported: this API reads buckets of its own account" in answer["message"]


@pytest.mark.parametrize("uri", ["s3://b/a", "s3://b/a.png/b", "s3://b/a.pdf.exe"])
def test_the_extension_says_the_format(uri: str) -> None:
    with pytest.raises(ApiError, match="invalid_value") as of_image:
        image_at(uri, "here")
    with pytest.raises(ApiError, match="invalid_value") as of_document:
        document_at(uri, "a.pdf", "here")

    assert of_image.value.message.startswith("here must end in one of .png")
    assert of_document.value.message.startswith("here must end in one of .pdf")


def test_the_function_reads_the_setting() -> None:
    variables = {**ENVIRONMENT, "MEDIA_BUCKETS": json.dumps(["pictures"])}
    settings: Settings = settings_from(variables, json.dumps({"a": {**MICRO, "order": ["base"]}}))

    assert settings.media_buckets == ("pictures",)


@pytest.mark.parametrize(("body", "expected"), [({"source": {"s3Location": {"uri": PNG}}}, 400), ({}, 403)])
def test_a_body_of_invoke_model_that_names_an_object_leaves_the_model_to_others(
    reading: Api, body: Any, expected: int
) -> None:
    def denied(*_: Any, **__: Any) -> Any:
        error = {"Error": {"Code": "AccessDeniedException", "Message": "Access Denied"}}
        raise ClientError(error, "InvokeModel")  # type: ignore[arg-type]

    reading.base_serves()
    reading.clients.invoke_model = denied  # type: ignore[method-assign]

    assert reading.raw("POST", "/model/support-bot/invoke", json.dumps(body).encode())[0] == expected
    assert bool(reading.service.fallback._pauses._pauses) is (expected == 403)
