"""The API that make up deployed: keys, requests that are refused, stock clients of OpenAI and AWS."""

import json
import time
from collections.abc import Callable
from typing import Any

import boto3
import openai
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from kit import embedded_outputs
from kit.__main__ import main
from tests.end_to_end.clients import client_of
from tests.end_to_end.deployed import Deployed

pytestmark = pytest.mark.end_to_end


def test_a_wrong_key_is_refused(deployed: Deployed) -> None:
    client = openai.OpenAI(base_url=deployed.outputs["api_url"], api_key="wrong", max_retries=0)

    with pytest.raises(openai.AuthenticationError):
        client.models.list()


def test_keys_are_added_rotated_and_removed(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(embedded_outputs, "OUTPUTS", deployed.file)

    def kit(*arguments: str) -> str:
        assert main(["keys", *arguments, "--local"]) == 0
        return capsys.readouterr().out.strip()

    def status(key: str, header: str = "x-api-key", scheme: str = "") -> int:
        headers = {"Content-Type": "application/json", header: scheme + key}
        return deployed.post("/retrieve", b'{"query": "limescale", "filters": {}}', headers)[0]

    first = kit("add", "web")
    _until(lambda: status(first) == 400)  # the request has a field that does not exist, so it calls nothing
    assert status(first, "Authorization", "Bearer ") == 400
    second = kit("rotate", "web", "--grace", "0")
    _until(lambda: status(second) == 400)
    _until(lambda: status(first) == 401)
    assert kit("list").count(second[-4:]) == 1
    kit("remove", "web", "--yes")
    assert status(second) in (401, 403)  # at once: API Gateway no longer counts it, until the authorizer knows
    assert status(deployed.outputs["api_key"]) == 400


def _until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 70  # the authorizer reads the keys every minute, and for an unknown key sooner
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.5)


def test_a_missing_key_is_refused(deployed: Deployed) -> None:
    status, body = deployed.post("/chat/completions", b"{}", {"Content-Type": "application/json"})

    assert status in {401, 403}
    assert body["error"]["message"]


def test_an_unknown_alias_lists_the_aliases(deployed: Deployed) -> None:
    with pytest.raises(openai.NotFoundError, match="support-bot"):
        client_of(deployed).chat.completions.create(model="nobody", messages=[{"role": "user", "content": "Hello"}])


def test_a_body_that_is_not_json_is_a_bad_request(deployed: Deployed) -> None:
    status, body = deployed.post("/chat/completions", b"{'model':")

    assert status == 400
    assert "JSON" in body["error"]["message"]


def test_a_body_of_12_mb_is_too_large(deployed: Deployed) -> None:
    body = json.dumps({"model": "support-bot", "messages": [{"role": "user", "content": "x" * 12_000_000}]}).encode()

    status, answer = deployed.post("/chat/completions", body)

    assert status == 413
    assert answer["error"]["message"]


def test_both_forms_of_the_key_pass_and_models_are_the_aliases(deployed: Deployed) -> None:
    models = [model.id for model in client_of(deployed).models.list()]
    assert models == ["agent:support", "assistant", "embeddings", "support-bot"]
    assert len(client_of(deployed).embeddings.create(model="embeddings", input="Hello").data[0].embedding) == 1024

    status, _ = deployed.post(
        "/retrieve", b'{"query": "limescale"}', {"x-api-key": deployed.outputs["api_key"], "Content-Type": "x/json"}
    )

    assert status == 200


def test_boto3_with_the_key_as_bearer_token_gets_a_streamed_answer(
    deployed: Deployed, monkeypatch: pytest.MonkeyPatch
) -> None:
    def without_tls(request: Any, **_: Any) -> None:  # boto3 sends bearer tokens to HTTPS only
        request.url = request.url.replace("https:", "http:")

    def connected(key: str) -> Any:
        monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", key)
        url = deployed.outputs["api_url"].removesuffix("/v1").replace("http:", "https:")
        config = Config(retries={"total_max_attempts": 1})
        client: Any = boto3.Session(region_name="us-east-1").client("bedrock-runtime", endpoint_url=url, config=config)
        client.meta.events.register("before-send.bedrock-runtime", without_tls)
        return client

    asked = {"modelId": "support-bot", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    events = list(connected(deployed.outputs["api_key"]).converse_stream(**asked)["stream"])

    assert "".join(event["contentBlockDelta"]["delta"]["text"] for event in events if "contentBlockDelta" in event)
    assert "messageStop" in [name for event in events for name in event]
    assert events[-1]["metadata"]["usage"]["outputTokens"] > 0
    with pytest.raises(ClientError, match="the API key is missing or wrong") as failure:
        connected("wrong").converse(**asked)
    assert failure.value.response["ResponseMetadata"]["HTTPStatusCode"] == 401
