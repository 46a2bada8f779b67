"""The API with stubbed clients: botocore's model validates every call."""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.stub import Stubber

from inference_api.aliases import Aliases
from inference_api.aws.client import Event
from inference_api.fallback import Fallback
from inference_api.http_messages import Facts, Request
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from inference_api.routes import respond
from inference_api.service import Service
from kit_contract.inference_api import Settings
from kit_contract.inference_api_settings import settings_from
from tests.inference_api.harness_calls import HarnessCalls
from tests.inference_api.invocations import Invocations

REGION = "us-east-1"
MICRO = {"model": "amazon.nova-micro-v1:0", "arn": f"arn:aws:bedrock:{REGION}::foundation-model/amazon.nova-micro-v1:0"}
PROFILE = {
    "model": "us.amazon.nova-2-lite-v1:0",
    "arn": f"arn:aws:bedrock:{REGION}:111122223333:inference-profile/us.amazon.nova-2-lite-v1:0",
}
DEPLOYMENT_ARN = f"arn:aws:bedrock:{REGION}:111122223333:custom-model-deployment/abcdefgh1234"
STREAM_CALL = "before-call.bedrock-runtime.ConverseStream"
GROUNDED_CALL = "before-call.bedrock-agent-runtime.RetrieveAndGenerateStream"
ORDER = ["provisioned", "on-demand", "base"]
ENVIRONMENT = {
    "KIT_DEPLOYMENT": "support-assistant",
    "ACCOUNT_ID": "111122223333",
    "KNOWLEDGE_BASES": json.dumps({"documents": "KB12345678"}),
}
KNOWLEDGE_BASES = json.dumps({"documents": {**MICRO, "store": "S3_VECTORS"}})
ALIASES = json.dumps({"support-bot": {**MICRO, "order": ORDER}, "assistant": {**PROFILE, "order": ORDER}})
PATH = "/bedrock-kit/support-assistant/aliases"
THROUGHPUT_ARN = f"arn:aws:bedrock:{REGION}:111122223333:provisioned-model/abcdefgh5678"
SERVING = {"target_arn": DEPLOYMENT_ARN, "kind": "custom-model-deployment", "run_id": "0123456789abcdef"}
CAPACITY = {"target_arn": THROUGHPUT_ARN, "kind": "provisioned-throughput", "custom_model_arn": "arn:aws:bedrock:::x"}


def with_knowledge_base(settings: Settings, **changes: Any) -> Settings:
    """The knowledge base "documents" with other settings."""
    changed = settings.knowledge_bases["documents"]._replace(**changes)
    return settings._replace(knowledge_bases={"documents": changed})


@dataclass
class Clock:
    now: float = 1_800_000_000.0

    def __call__(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds


@cache
def _client(service: str, _purpose: str = "") -> Any:
    """One for all tests: to make one takes 20 ms."""
    return boto3.client(
        service,
        region_name=REGION,
        aws_access_key_id="x",
        aws_secret_access_key="x",
        config=Config(retries={"total_max_attempts": 1}),
    )


class Clients(Invocations, HarnessCalls):
    """The calls of the API, made by boto3 with stubs: botocore checks each request against Bedrock's model."""

    def __init__(self) -> None:
        Invocations.__init__(self)
        HarnessCalls.__init__(self)
        self.runtime: Any = _client("bedrock-runtime")
        self.agent: Any = _client("bedrock-agent-runtime")
        self.ssm: Any = _client("ssm")
        self._streaming: Any = _client("bedrock-runtime", "without a stub")
        self._streaming.meta.events.unregister(STREAM_CALL, unique_id=STREAM_CALL)  # of the test before
        self._streaming.meta.events.register(STREAM_CALL, self._answer_stream, unique_id=STREAM_CALL)
        self._grounded: Any = _client("bedrock-agent-runtime", "without a stub")
        self._grounded.meta.events.unregister(GROUNDED_CALL, unique_id=GROUNDED_CALL)
        self._grounded.meta.events.register(GROUNDED_CALL, self._answer_stream, unique_id=GROUNDED_CALL)
        self.streams: list[list[Event] | Exception] = []  # what the next streams are, or raise
        self.read_seconds: list[float] = []

    def converse(self, model_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        self.read_seconds.append(read_seconds)
        return dict(self.runtime.converse(modelId=model_id, **request))

    def converse_stream(
        self, model_id: str, request: Mapping[str, Any], *, read_seconds: float
    ) -> Generator[Event, None, None]:
        self.read_seconds.append(read_seconds)
        stream = self._streaming.converse_stream(modelId=model_id, **request)["stream"]
        if isinstance(stream, Exception):
            raise stream
        return (event for event in stream)

    def _answer_stream(self, **_: Any) -> tuple[Any, dict[str, Any]]:
        """In place of the request, after botocore has checked it: a stub can have no stream."""
        return SimpleNamespace(status_code=200), {"stream": self.streams.pop(0), "sessionId": "session-1"}

    def count_tokens(self, model_id: str, counted: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        self.read_seconds.append(read_seconds)
        return dict(self.runtime.count_tokens(modelId=model_id, input=counted))

    def retrieve(self, knowledge_base_id: str, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        self.read_seconds.append(read_seconds)
        return dict(self.agent.retrieve(knowledgeBaseId=knowledge_base_id, **request))

    def retrieve_and_generate(self, request: Mapping[str, Any], *, read_seconds: float) -> dict[str, Any]:
        self.read_seconds.append(read_seconds)
        return dict(self.agent.retrieve_and_generate(**request))

    def retrieve_and_generate_stream(
        self, request: Mapping[str, Any], *, read_seconds: float
    ) -> tuple[str, Generator[Event, None, None]]:
        self.read_seconds.append(read_seconds)
        response = self._grounded.retrieve_and_generate_stream(**request)
        if isinstance(response["stream"], Exception):
            raise response["stream"]
        return response["sessionId"], (event for event in response["stream"])

    def get_parameters(self, names: Sequence[str]) -> dict[str, str]:
        found = self.ssm.get_parameters(Names=list(names))["Parameters"]
        return {parameter["Name"]: parameter["Value"] for parameter in found}


@dataclass
class Api:
    """The API, its stubs and shorthands for requests."""

    settings: Settings
    clients: Clients
    clock: Clock
    runtime: Stubber
    agent: Stubber
    ssm: Stubber
    facts: Facts = field(default_factory=Facts)
    share: float = 0.0  # the random number of the next request

    def __post_init__(self) -> None:
        self.configure(ORDER)

    def configure(self, order: list[str]) -> None:
        """Sets the `order` of every alias."""
        changed = {name: alias._replace(order=tuple(order)) for name, alias in self.settings.aliases.items()}
        self.settings = self.settings._replace(aliases=changed)
        aliases = Aliases(self.settings, self.clients, self.clock, self.clock, lambda: self.share)
        self.aliases = aliases
        fallback = Fallback(self.clock, self.clock.sleep, lambda: 0.5)
        ids = KnowledgeBaseIds(self.clients, self.clock, 60)
        self.service = Service(self.settings, self.clients, aliases, fallback, self.clock, lambda: "0001", ids)

    def raw(
        self, method: str, path: str, body: bytes = b"", *, key_name: str = "default"
    ) -> tuple[int, Mapping[str, str], bytes]:
        answer, self.facts = respond(Request(method, path, body, key_name=key_name), self.service)
        return answer.status, answer.headers, b"".join(answer.body)

    def post(self, path: str, body: Any) -> tuple[int, dict[str, Any]]:
        status, _, content = self.raw("POST", path, json.dumps(body).encode())
        return status, json.loads(content)

    def base_serves(self, alias: str = "support-bot") -> None:
        self.publishes(alias=alias)

    def promoted(self) -> None:
        self.publishes(serving=SERVING)

    def publishes(self, *, alias: str = "support-bot", **values: Mapping[str, str]) -> None:
        """Sets what the next read of the alias's parameters, `serving` and `capacity`, returns."""
        found = [
            {"Name": f"{PATH}/{alias}/{name}", "Type": "String", "Value": json.dumps(value)}
            for name, value in values.items()
        ]
        names = [f"{PATH}/{alias}/{name}" for name in ("serving", "capacity")]
        self.ssm.add_response("get_parameters", {"Parameters": found}, {"Names": names})


def converse_response(*blocks: Mapping[str, Any], reason: str = "end_turn") -> dict[str, Any]:
    return {
        "output": {"message": {"role": "assistant", "content": [*blocks]}},
        "stopReason": reason,
        "usage": {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15},
        "metrics": {"latencyMs": 42},
    }


def converse_events(*blocks: Mapping[str, Any], reason: str = "end_turn") -> list[Event]:
    """The events of ConverseStream with the answer of `converse_response`. Texts come in two parts."""
    events = [Event("messageStart", {"role": "assistant"})]
    for index, block in enumerate(blocks):
        at = {"contentBlockIndex": index}
        if "toolUse" in block:
            use = block["toolUse"]
            start = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"]}}
            events.append(Event("contentBlockStart", {**at, "start": start}))
            deltas: list[Any] = [{"toolUse": {"input": json.dumps(use["input"])}}]
        else:
            half = len(block["text"]) // 2
            deltas = [{"text": block["text"][:half]}, {"text": block["text"][half:]}]
        events += [Event("contentBlockDelta", {**at, "delta": delta}) for delta in deltas]
        events.append(Event("contentBlockStop", at))
    usage = {"inputTokens": 10, "outputTokens": 5, "totalTokens": 15}
    events.append(Event("messageStop", {"stopReason": reason}))
    events.append(Event("metadata", {"usage": usage, "metrics": {"latencyMs": 42}}))
    return events


@pytest.fixture
def api() -> Iterator[Api]:
    clients = Clients()
    stubs = [Stubber(client) for client in (clients.runtime, clients.agent, clients.ssm)]
    for stub in stubs:
        stub.activate()
    runtime, agent, ssm = stubs
    yield Api(settings_from(ENVIRONMENT, ALIASES, KNOWLEDGE_BASES), clients, Clock(), runtime, agent, ssm)
    for stub in stubs:
        stub.deactivate()
    for stub in stubs:
        stub.assert_no_pending_responses()
