"""Lambda authorizer of the API: accepts a key in `x-api-key` or `Authorization: Bearer` and names its usage plan.

https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-lambda-authorizer-output.html
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Mapping
from functools import cache

from inference_api.api_keys import ApiKeys, Caller
from inference_api.aws.json_client import JsonClient
from inference_api.failures import failure_name
from kit_contract.api_keys import hash_of
from kit_contract.environment import API_KEYS_SECRET_ARN, KIT_DEPLOYMENT, RETRY_SECONDS
from kit_contract.inference_api_names import METRIC_NAMESPACE, RETRY_AFTER_MS_CONTEXT

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Any, Protocol

    class Context(Protocol):
        aws_request_id: str


FINGERPRINT_LENGTH = 8  # of the hash: tells wrong keys apart in the log
READ_SECONDS = 3.0
_RETRY_COUNT = "x-stainless-retry-count"  # of OpenAI's and Anthropic's clients


@cache
def api_keys() -> ApiKeys:
    return ApiKeys(Secret(), time.monotonic, time.time)


class Secret:
    """The secret of API_KEYS_SECRET_ARN."""

    def __init__(self) -> None:
        self._secrets = JsonClient("secretsmanager")

    def get_secret_value(self, stage: str) -> str:
        request = {"SecretId": os.environ[API_KEYS_SECRET_ARN], "VersionStage": stage}
        target = "secretsmanager.GetSecretValue"
        try:
            answer = self._secrets.call("/", request, read_seconds=READ_SECONDS, target=target)
        except OSError:  # reading again costs nothing and changes nothing
            answer = self._secrets.call("/", request, read_seconds=READ_SECONDS, target=target)
        value: str = answer.get("SecretString", "")
        return value


def handler(event: dict[str, Any], context: Context) -> dict[str, Any]:
    """Raises Exception("Unauthorized"): API Gateway answers 401 for exactly this message."""
    key = key_from(event.get("headers") or {})
    caller, error = None, None
    try:
        caller = api_keys().caller_with(key) if key else None
    except Exception as failure:
        error = failure_name(failure)
        raise
    finally:
        line = {"event": "authorize", "request_id": context.aws_request_id, "key_name": caller and caller.name}
        line |= {"error": error} if caller or error else refusal(event, key)
        print(json.dumps(line), file=sys.stderr, flush=True)
    if caller is None:
        raise Exception("Unauthorized")
    return allow(event["methodArn"], caller, retry_after_ms(event.get("headers") or {}))


def refusal(event: Mapping[str, Any], key: str | None) -> dict[str, Any]:
    """What the log says of a request without a valid key. Its metric costs only in hours with such a request."""
    identity = (event.get("requestContext") or {}).get("identity") or {}
    directive = {
        "Namespace": METRIC_NAMESPACE,
        "Dimensions": [["Deployment"]],
        "Metrics": [{"Name": "RefusedKeys", "Unit": "Count"}],
    }
    return {
        "error": "unknown_key" if key else "no_key",
        "key_fingerprint": hash_of(key)[:FINGERPRINT_LENGTH] if key else None,
        "source_ip": identity.get("sourceIp"),
        "_aws": {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [directive]},
        "Deployment": os.environ.get(KIT_DEPLOYMENT),
        "RefusedKeys": 1,
    }


def key_from(headers: Mapping[str, str]) -> str | None:
    """`x-api-key` wins over `Authorization: Bearer`. Header names are case-insensitive."""
    lowered = {name.lower(): value for name, value in headers.items()}
    if lowered.get("x-api-key"):
        return lowered["x-api-key"].strip()
    scheme, _, value = lowered.get("authorization", "").partition(" ")
    return value.strip() or None if scheme.lower() == "bearer" else None


def retry_after_ms(headers: Mapping[str, str]) -> int:
    """What API Gateway says if the request is over the rate: random, so that callers come back one after the other.

    Twice as long if the request is a repetition: it is the last attempt of clients that make three.
    """
    repeated = any(name.lower() == _RETRY_COUNT and value != "0" for name, value in headers.items())
    multiple = 3 + 6 * os.urandom(1)[0] / 255
    return round(float(os.environ.get(RETRY_SECONDS, "2")) * multiple * (2000 if repeated else 1000))


def allow(method_arn: str, caller: Caller, wait_ms: int) -> dict[str, Any]:
    """Allows the whole stage: if API Gateway caches the policy, it applies to the next method too."""
    api, stage = method_arn.split("/")[:2]
    statement = {"Action": "execute-api:Invoke", "Effect": "Allow", "Resource": f"{api}/{stage}/*"}
    return {
        "principalId": caller.name,
        "policyDocument": {"Version": "2012-10-17", "Statement": [statement]},
        "context": {RETRY_AFTER_MS_CONTEXT: str(wait_ms)},
        "usageIdentifierKey": caller.usage,  # selects the usage plan, because the API key source is AUTHORIZER
    }
