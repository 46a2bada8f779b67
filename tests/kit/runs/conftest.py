"""`kit runs` against the fake AWS."""

import json
from collections.abc import Callable
from typing import Any

import pytest

from kit.__main__ import main
from kit.runs import chosen
from kit.runs.deployed import Deployed, deployed
from tests.kit.runs.fake_aws import FakeAws

Runs = Callable[..., tuple[int, str, str]]


@pytest.fixture
def aws() -> FakeAws:
    return FakeAws()


@pytest.fixture
def stack(aws: FakeAws) -> Deployed:
    return deployed("sup", "us-east-1", aws.client)


@pytest.fixture
def runs(aws: FakeAws, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Runs:
    """Runs an action; returns its exit code, what it printed, and its errors."""

    def connect(*_: Any, **__: Any) -> Deployed:
        return deployed("sup", "us-east-1", aws.client)

    monkeypatch.setattr(chosen, "connect", connect)

    def run(*words: str) -> tuple[int, str, str]:
        code = main(["runs", *words])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


@pytest.fixture
def parsed(runs: Runs) -> Callable[..., Any]:
    """What an action prints with --json."""

    def run(*words: str) -> Any:
        code, printed, error = runs(*words, "--json")
        assert code == 0, error
        return json.loads(printed)

    return run
