"""The API with its real clients, against a local server in place of Bedrock."""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import pytest

from inference_api import handler as edge
from inference_api.aliases import Aliases
from inference_api.aws.client import client
from inference_api.bedrock import AwsClients
from inference_api.fallback import Fallback
from inference_api.knowledge_base_ids import KnowledgeBaseIds
from inference_api.service import Service
from kit_contract.inference_api_settings import settings_from
from tests.inference_api.conftest import (
    ALIASES,
    CAPACITY,
    ENVIRONMENT,
    KNOWLEDGE_BASES,
    PATH,
    SERVING,
    THROUGHPUT_ARN,
    Clock,
)
from tests.inference_api.peer import Peer


class Clients(AwsClients):
    """Without SSM: both parameters of the alias support-bot exist."""

    def get_parameters(self, names: Sequence[str]) -> dict[str, str]:
        capacity = CAPACITY | {"target_arn": THROUGHPUT_ARN}
        found = {f"{PATH}/support-bot/serving": SERVING, f"{PATH}/support-bot/capacity": capacity}
        return {name: json.dumps(found[name]) for name in names if name in found}


@contextmanager
def wired_service(monkeypatch: pytest.MonkeyPatch, peer: Peer, *, order: Sequence[str]) -> Iterator[Service]:
    """The service of the handler. Waits before another attempt take no time."""
    gc.freeze()  # what earlier tests left: after most of a whole run, the collection below takes a second with it
    settings = {"ENDPOINT_URL": peer.url, "REGION": "us-east-1", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}
    for name, value in settings.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    parsed = settings_from(ENVIRONMENT, ALIASES, KNOWLEDGE_BASES)
    parsed = parsed._replace(
        aliases={name: alias._replace(order=tuple(order)) for name, alias in parsed.aliases.items()}
    )
    clients, clock = Clients(), Clock()
    service = Service(
        parsed,
        clients,
        Aliases(parsed, clients, clock),
        Fallback(clock, clock.sleep, lambda: 0.5),
        clock=clock,
        new_id=lambda: "0001",
        knowledge_base_ids=KnowledgeBaseIds(clients, clock, 60),
    )
    edge.service.cache_clear()
    monkeypatch.setattr(edge, "service", lambda: service)
    client.cache_clear()
    yield service
    gc.collect()  # errors hold the clients in cycles; without those, the clients close their connections here
    client.cache_clear()
