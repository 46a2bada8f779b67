"""Lambda authorizer of the API: accepts a key in `x-api-key` or `Authorization: Bearer` and names its usage plan.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from __future__ import annotations

import hmac
import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from functools import cache
from typing import TYPE_CHECKING, Any, Protocol

import boto3
from botocore.config import Config

from inference_api.errors import failure_name
from kit_contract.environment import API_KEYS_SECRET_ARN

if TYPE_CHECKING:
    from mypy_boto3_secretsmanager import SecretsManagerClient

CACHE_SECONDS = 60.0
CONFIG = Config(connect_timeout=2, read_timeout=3, retries={"mode": "standard", "total_max_attempts": 2})


class Context(Protocol):
    aws_request_id: str


class ApiKeys:
    """The API keys by name. They come from one secret, which is read again after CACHE_SECONDS."""

    def __init__(self, client: SecretsManagerClient, secret_arn: str, clock: Callable[[], float]) -> None:
        self._client = client
        self._secret_arn = secret_arn
        self._clock = clock
        self._read_at = float("-inf")
        self._keys: dict[str, str] = {}

    def name_of(self, candidate: str) -> str | None:
        """The name of the key with this value. Compares every key in constant time."""
        given = candidate.encode("utf-8", "surrogatepass")
        found = None
        for name, value in self._current().items():
            if hmac.compare_digest(value.encode(), given):
                found = name
        return found

    def _current(self) -> Mapping[str, str]:
        if self._clock() - self._read_at >= CACHE_SECONDS:
            self._keys = parse_keys(self._client.get_secret_value(SecretId=self._secret_arn)["SecretString"])
            self._read_at = self._clock()
        return self._keys


@cache
def api_keys() -> ApiKeys:
    client = boto3.client("secretsmanager", config=CONFIG)
    return ApiKeys(client, os.environ[API_KEYS_SECRET_ARN], time.monotonic)


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Raises Exception("Unauthorized"): API Gateway answers 401 for exactly this message."""
    name, error = None, None
    try:
        key = key_from(event.get("headers") or {})
        name = api_keys().name_of(key) if key else None
    except Exception as failure:
        error = failure_name(failure)
        raise
    finally:
        line = {"event": "authorize", "request_id": context.aws_request_id, "key_name": name, "error": error}
        print(json.dumps(line), file=sys.stderr, flush=True)
    if not key or name is None:
        raise Exception("Unauthorized")
    return allow(event["methodArn"], key_name=name, key=key)


def key_from(headers: Mapping[str, str]) -> str | None:
    """`x-api-key` wins over `Authorization: Bearer`. Header names are case-insensitive."""
    lowered = {name.lower(): value for name, value in headers.items()}
    if lowered.get("x-api-key"):
        return lowered["x-api-key"].strip()
    scheme, _, value = lowered.get("authorization", "").partition(" ")
    return value.strip() or None if scheme.lower() == "bearer" else None


def parse_keys(secret: str) -> dict[str, str]:
    """Parses `{"keys": {name: value}}`, or a plain value, which is the key "default". Empty values are ignored."""
    try:
        value = json.loads(secret)
    except ValueError:
        value = secret
    keys = value["keys"] if isinstance(value, dict) else {"default": secret.strip()}
    return {name: key for name, key in keys.items() if key}


def allow(method_arn: str, *, key_name: str, key: str) -> dict[str, Any]:
    """Allows the whole stage: if API Gateway caches the policy, it applies to the next method too."""
    api, stage = method_arn.split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": key_name,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "usageIdentifierKey": key,  # selects the usage plan, because the API key source is AUTHORIZER
    }
