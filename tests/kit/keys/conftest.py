"""A deployment whose keys the command changes."""

import pytest

from kit.keys import command
from kit.keys.deployed import deployed_keys
from tests.kit.keys.commands import NOW
from tests.kit.keys.fake_aws import FakeAws


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> FakeAws:
    made = FakeAws()
    monkeypatch.setattr(command, "connect", lambda config, environment, local: deployed_keys(made, "sup", None))
    monkeypatch.setattr("time.time", lambda: NOW)
    return made
