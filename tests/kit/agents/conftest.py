"""A server in place of the API of agents, to which each action connects."""

import threading
from collections.abc import Iterator

import pytest

from kit.agents import agent_api, ask, evaluate
from tests.kit.agents.server import Server


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    with Server() as made:
        thread = threading.Thread(target=made.serve_forever, args=(0.01,))
        thread.start()
        for module in (agent_api, evaluate, ask):
            monkeypatch.setattr(module, "connect", lambda config, environment, *, local: made.api)
        yield made
        made.shutdown()
        thread.join()
