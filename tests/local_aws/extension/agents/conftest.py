"""The stack with agents, and a way to ask them."""

import json
import time
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.extension.agents.shop import template
from tests.local_aws.stacks import ended, outputs_of, reasons

STACK = "Shop"
Ask = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="module")
def shop(client: Client) -> Iterator[dict[str, str]]:
    """First what looks at no role: one that a stack has just made is not in effect yet."""
    whole = template()
    looking = ("GatewayTarget", "Harness", "HarnessEndpoint")
    early = {name: item for name, item in whole["Resources"].items() if not item["Type"].endswith(looking)}
    client("cloudformation").create_stack(StackName=STACK, TemplateBody=json.dumps({"Resources": early}))
    ended(client, STACK)
    time.sleep(0.3)
    client("cloudformation").update_stack(StackName=STACK, TemplateBody=json.dumps(whole))
    created = ended(client, STACK)
    assert created["StackStatus"] == "UPDATE_COMPLETE", reasons(client, STACK)
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
