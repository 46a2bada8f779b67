"""The calls of AWS that only agents need. Nothing retries.

https://docs.aws.amazon.com/bedrock-agentcore/latest/APIReference/API_InvokeHarness.html
https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html
"""

from __future__ import annotations

import base64
import json
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from inference_api.aws.client import Event, Reply, client, label
from inference_api.aws.json_client import JSON
from kit_contract.agents import ENDPOINT

SECRET_SECONDS = 3.0
_SESSION_ID = "x-amzn-bedrock-agentcore-runtime-session-id"


def invoke_harness(
    harness_arn: str,
    messages: Sequence[Mapping[str, Any]],
    session_id: str,
    actor_id: str,
    *,
    read_seconds: float,
    quiet_seconds: float,
) -> Generator[Event, None, None]:
    path = f"/harnesses/invoke?harnessArn={label(harness_arn)}&qualifier={ENDPOINT}"
    body = json.dumps({"messages": messages, "actorId": actor_id}).encode("utf-8", "surrogatepass")
    _, events = client("bedrock-agentcore").pass_on_stream(
        path,
        body,
        {"content-type": JSON, _SESSION_ID: session_id},
        read_seconds=read_seconds,
        quiet_seconds=quiet_seconds,
    )
    return events


def invoke_function(arn: str, event: Mapping[str, Any], context: Mapping[str, str], *, read_seconds: float) -> Reply:
    custom = base64.b64encode(json.dumps({"custom": context}).encode()).decode()
    return client("lambda").pass_on(
        f"/2015-03-31/functions/{label(arn)}/invocations",
        json.dumps(event).encode("utf-8", "surrogatepass"),
        {"content-type": JSON, "x-amz-client-context": custom},
        read_seconds=read_seconds,
    )


def get_secret(arn: str) -> str:
    answer = client("secretsmanager").call(
        "/", {"SecretId": arn}, read_seconds=SECRET_SECONDS, target="secretsmanager.GetSecretValue"
    )
    value: str = answer["SecretString"]
    return value
