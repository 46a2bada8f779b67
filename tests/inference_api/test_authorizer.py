"""The authorizer: both headers, several keys, the cache, and a log without keys."""

from __future__ import annotations

import json
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from inference_api import authorizer
from inference_api.authorizer import CACHE_SECONDS, ApiKeys, handler, key_from, parse_keys
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
    keys = ApiKeys(client, SECRET, clock)
    monkeypatch.setattr(authorizer, "api_keys", lambda: keys)
    with Stubber(client) as stub:
        yield stub
        stub.assert_no_pending_responses()


def holds(stub: Stubber, value: str) -> None:
    stub.add_response("get_secret_value", {"SecretString": value}, {"SecretId": SECRET})


def authorize(headers: dict[str, str] | None) -> dict[str, Any]:
    return handler({"type": "REQUEST", "methodArn": METHOD, "headers": headers}, CONTEXT)


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
def test_a_wrong_key_is_unauthorized_and_not_logged(
    secrets: Stubber, capsys: pytest.CaptureFixture[str], key: str
) -> None:
    holds(secrets, KEY)

    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({"x-api-key": key})

    line = capsys.readouterr().err
    assert json.loads(line) == {"event": "authorize", "request_id": "request-1", "key_name": None, "error": None}


def test_each_of_several_keys_has_its_name(secrets: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    holds(secrets, json.dumps({"keys": {"web": "a" * 40, "batch": "b" * 40}}))

    assert authorize({"x-api-key": "a" * 40})["principalId"] == "web"
    assert authorize({"x-api-key": "b" * 40})["principalId"] == "batch"

    output = capsys.readouterr().err
    assert output.count("\n") == 2
    assert "aaaa" not in output


def test_the_secret_is_read_again_after_the_cache_time(secrets: Stubber, clock: Clock) -> None:
    holds(secrets, KEY)
    authorize({"x-api-key": KEY})
    clock.now += CACHE_SECONDS - 1
    authorize({"x-api-key": KEY})

    holds(secrets, "n" * 40)
    clock.now += 1
    with pytest.raises(Exception, match=r"^Unauthorized$"):
        authorize({"x-api-key": KEY})
    assert authorize({"x-api-key": "n" * 40})["principalId"] == "default"


def test_a_failure_is_logged_and_does_not_allow(secrets: Stubber, capsys: pytest.CaptureFixture[str]) -> None:
    secrets.add_client_error("get_secret_value", "DecryptionFailure")

    with pytest.raises(Exception, match="DecryptionFailure"):
        authorize({"x-api-key": KEY})

    assert json.loads(capsys.readouterr().err)["error"] == "DecryptionFailure"


def test_an_empty_value_is_no_key() -> None:
    assert parse_keys("") == {}
    assert parse_keys('{"keys": {"a": "", "b": "x"}}') == {"b": "x"}
    assert parse_keys("12345678901234567890") == {"default": "12345678901234567890"}
    assert key_from({"Authorization": "Basic abc"}) is None


def test_keys_are_made_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("API_KEYS_SECRET_ARN", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    authorizer.api_keys.cache_clear()

    assert authorizer.api_keys() is authorizer.api_keys()

    authorizer.api_keys.cache_clear()
