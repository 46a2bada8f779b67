"""The inference API's own code, with real clients for an embedded AWS."""

import json
import random
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import pytest

from inference_api.aliases import Aliases
from inference_api.aws.client import client
from inference_api.bedrock import AwsClients
from inference_api.fallback import Fallback
from inference_api.http_messages import Request
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from inference_api.routes import respond
from inference_api.service import Service
from kit_contract.inference_api import Alias, Model, Settings

FOUNDATION_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/"
MODELS = {
    alias: Model(model, FOUNDATION_MODEL + model)
    for alias, model in {"bot": "amazon.nova-micro-v1:0", "old": "meta.llama3-3-70b-instruct-v1:0"}.items()
}


class Api:
    """The API with real clients. `models`: alias -> base model. `later` advances the clock of its caches only."""

    def __init__(self, models: Mapping[str, Model] = MODELS) -> None:
        self.offset = 0.0
        aliases = {name: Alias(model, ("provisioned", "on-demand", "base")) for name, model in models.items()}
        settings = Settings("sup", aliases, knowledge_bases={})
        clients = AwsClients()
        fallback = Fallback(self.clock, time.sleep, random.random)
        reader = Aliases(settings, clients, self.clock)
        ids = KnowledgeBaseIds(clients, self.clock, 60)
        self.service = Service(settings, clients, reader, fallback, time.time, lambda: "1", ids)

    def clock(self) -> float:
        return time.monotonic() + self.offset

    def later(self, seconds: float) -> None:
        self.offset += seconds

    def ask(self, alias: str = "bot") -> tuple[int, dict[str, Any]]:
        body = json.dumps({"model": alias, "messages": [{"role": "user", "content": "Hello"}]}).encode()
        answer, _ = respond(Request("POST", "/v1/chat/completions", body), self.service)
        return answer.status, json.loads(b"".join(answer.body))

    def served_by(self) -> tuple[str, int]:
        status, content = self.ask()
        assert status == 200, content
        return content["served_by"]["kind"], content["served_by"]["attempts"]


@contextmanager
def calling(endpoint_url: str) -> Iterator[Api]:
    """An API whose clients call `endpoint_url`."""
    settings = {"ENDPOINT_URL": endpoint_url, "REGION": "us-east-1"}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {**settings, "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
            patch.setenv(f"AWS_{name}", value)
        client.cache_clear()
        yield Api()
        client.cache_clear()
