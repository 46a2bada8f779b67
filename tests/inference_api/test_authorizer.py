"""The authorizer: both headers, several keys, the cache, and a log without keys."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from inference_api import authorizer
from inference_api.api_keys import ApiKeys
from inference_api.authorizer import handler, key_from
from tests.inference_api.conftest import Clock

SECRET = "arn:aws:secretsmanager:us-east-1:111122223333:secret:ApiKeySecret-abcdef"
METHOD = "arn:aws:execute-api:us-east-1:111122223333:abc123/prod/POST/v1/chat/completions"
KEY = "k" * 40
CONTEXT = SimpleNamespace(aws_request_id="request-1")


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def secrets(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    client = boto3.client("secretsmanager", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    class Secret:
        def get_secret_value(self, stage: str) -> str:
            answer = client.get_secret_value(SecretId=SECRET, VersionStage=stage)
            return str(answer.get("SecretString", ""))

    keys = ApiKeys(Secret(), clock, clock)
    monkeypatch.setattr(authorizer, "api_keys", lambda: keys)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def holds(stub: Stubber, value: str) -> None:
    """The next read finds this value, and none that `kit keys` wrote."""
    stub.add_client_error("get_secret_value", "ResourceNotFoundException")
    stub.add_response("get_secret_value", {"SecretString": value}, {"SecretId": SECRET, "VersionStage": "AWSCURRENT"})


def authorize(headers: dict[str, str] | None) -> dict[str, Any]:
    context = {"identity": {"sourceIp": "192.0.2.7"}}
    return handler({"type": "REQUEST", "methodArn": METHOD, "headers": headers, "requestContext": context}, CONTEXT)


@pytest.mark.parametrize(
    "headers",
    [
        {"x-api-key": KEY},
        {"X-Api-Key": f" {KEY} "},
        {"Authorization": f"Bearer {KEY}"},
        {"authorization": f"bearer {KEY}"},
        {"x-api-key": KEY, "Authorization": "Bearer other"},
    ],
)
def test_a_key_allows_the_stage_and_selects_the_usage_plan(secrets: Stubber, headers: dict[str, str]) -> None:
    holds(secrets, KEY)

    answer = authorize(headers)

    assert answer["principalId"] == "default"
    assert answer["usageIdentifierKey"] == KEY
    assert answer["policyDocument"]["Statement"] == [
        {
            "Action": "execute-api:Invoke",
            "Effect": "Allow",
            "Resource": "arn:aws:execute-api:us-east-1:111122223333:abc123/prod/*",
        }
    ]


@pytest.mark.parametrize("headers", [None, {}, {"x-api-key": ""}, {"Authorization": "Bearer "}, {"Authorization": KEY}])
def test_without_a_key_the_secret_is_not_read(secrets: Stubber, headers: dict[str, str] | None) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize(headers)


@pytest.mark.parametrize("key", ["wrong", KEY + "k", KEY[:-1], "é" * 40, "\ud800", "default"])
def test_a_unknown_key_is_unauthorized_and_not_logged(
    secrets: Stubber, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    holds(secrets, KEY)

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({"x-api-key": key})

    text = capsys.readouterr().err
    line = json.loads(text)
    assert (line["error"], line["source_ip"], line["RefusedKeys"]) == ("unknown_key", "192.0.2.7", 1)
    assert line["key_fingerprint"] == hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    assert line["key_name"] is None
    assert key not in text
    assert text.count("\n") == 1


def test_a_missing_key_is_logged(secrets: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({})

    line = json.loads(capsys.readouterr().err)
    assert (line["error"], line["key_fingerprint"]) == ("no_key", None)


def test_each_of_several_keys_has_its_name(secrets: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    holds(secrets, json.dumps({"keys": {"web": "a" * 40, "batch": "b" * 40}}))

    assert authorize({"x-api-key": "a" * 40})["principalId"] == "web"
    assert authorize({"x-api-key": "b" * 40})["principalId"] == "batch"

    output = capsys.readouterr().err
    assert output.count("\n") == 2
    assert "aaaa" not in output


def test_a_failure_is_logged_and_does_not_allow(secrets: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.add_client_error("get_secret_value", "DecryptionFailure")

    with pytest.raises(Exception, match="DecryptionFailure"):
        authorize({"x-api-key": KEY})

    assert json.loads(capsys.readouterr().err)["error"] == "DecryptionFailure"


def test_only_a_bearer_token_is_a_key() -> None:
    assert key_from({"Authorization": "Basic abc"}) is None


def test_keys_are_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS_SECRET_ARN", SECRET)
    monkeypatch.setenv("AWS_REGION", "us-east-1")
    authorizer.api_keys.cache_clear()

    assert authorizer.api_keys() is authorizer.api_keys()

    authorizer.api_keys.cache_clear()


@pytest.mark.parametrize(
    ("headers", "low", "high"), [({}, 6000, 18000), ({"X-Stainless-Retry-Count": "1"}, 12000, 36000)]
)
def test_the_wait_over_the_rate_is_random_and_longer_for_a_repetition(
    secrets: Stubber, monkeypatch: pytest.MonkeyPatch, headers: dict[str, str], low: int, high: int
) -> None:
    monkeypatch.setenv("RETRY_SECONDS", "2")
    holds(secrets, KEY)

    waits = {int(authorize({"x-api-key": KEY, **headers})["context"]["retryAfterMs"]) for _ in range(200)}

    assert len(waits) > 50
    assert low <= min(waits) < low + (high - low) / 4
    assert high - (high - low) / 4 < max(waits) <= high
