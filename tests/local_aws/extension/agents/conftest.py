"""The stack with agents, and a way to ask them."""

import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.extension.agents.shop import made
from tests.local_aws.stacks import ended, outputs_of

STACK = "Shop"
Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def shop(client: Client) -> Iterator[dict[str, str]]:
    created = made(client, STACK)
    yield outputs_of(created)
    client("cloudformation").delete_stack(StackName=STACK)
    ended(client, created["StackId"])


@pytest.fixture
def session() -> str:
    return str(uuid.uuid4())


@pytest.fixture
def ask(shop: dict[str, str], client: Client, session: str) -> Ask:
    """ask(text or messages, harness="Plain", ...) has the events of the stream."""

    def asked(said: Any, harness: str = "Plain", **more: Any) -> list[dict[str, Any]]:
        messages = said if isinstance(said, list) else [{"role": "user", "content": [{"text": said}]}]
        answer = client("bedrock-agentcore").invoke_harness(
            harnessArn=shop[harness], messages=messages, **{"runtimeSessionId": session, **more}
        )
        return list(answer["stream"])

    return asked
