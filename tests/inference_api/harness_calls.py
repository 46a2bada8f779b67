"""The calls of agents by the stubbed clients: botocore checks each request, a test's own events and replies answer."""

from __future__ import annotations

import json
from collections.abc import Generator, Mapping, Sequence
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3

from inference_api.aws.client import Event, Reply
from kit_contract.agents import ENDPOINT

HARNESS_CALL = "before-call.bedrock-agentcore.InvokeHarness"
SECRET = "a secret that signs calls"


@cache
def _harness() -> Any:
    return boto3.client("bedrock-agentcore", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")


class HarnessCalls:
    """`turns`: the events of the next invocations, or what they raise. `harness_calls`: the arguments of each.

    `functions`: ARN -> what the next call of it returns or raises. `function_calls`: (ARN, event, context) of each.
    """

    def __init__(self) -> None:
        self.turns: list[Sequence[Event | Exception] | Exception] = []
        self.harness_calls: list[dict[str, Any]] = []
        self.functions: dict[str, Any] = {}
        self.function_calls: list[tuple[str, Any, Mapping[str, str]]] = []
        self.secrets: dict[str, str] = {}

    def invoke_harness(
        self,
        harness_arn: str,
        messages: Sequence[Mapping[str, Any]],
        *,
        session_id: str,
        actor_id: str,
        read_seconds: float,
    ) -> Generator[Event, None, None]:
        call = {"harnessArn": harness_arn, "messages": messages, "runtimeSessionId": session_id, "actorId": actor_id}
        self.harness_calls.append(json.loads(json.dumps(call)))
        events = _harness().meta.events
        events.register(HARNESS_CALL, _accepted, unique_id=HARNESS_CALL)
        _harness().invoke_harness(qualifier=ENDPOINT, **call)
        turn = self.turns.pop(0)
        if isinstance(turn, Exception):
            raise turn
        return _raising(turn)

    def invoke_function(
        self, arn: str, event: Mapping[str, Any], context: Mapping[str, str], *, read_seconds: float
    ) -> Reply:
        self.function_calls.append((arn, event, context))
        reply = self.functions[arn]
        if isinstance(reply, Exception):
            raise reply
        return reply if isinstance(reply, Reply) else Reply({}, json.dumps(reply).encode())

    def get_secret(self, arn: str) -> str:
        return self.secrets[arn]


def _accepted(**_: Any) -> tuple[Any, dict[str, Any]]:
    return SimpleNamespace(status_code=200), {}


def _raising(turn: Sequence[Event | Exception]) -> Generator[Event, None, None]:
    for event in turn:
        if isinstance(event, Exception):
            raise event
        yield event
