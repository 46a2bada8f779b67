"""The summary of `make up` also fits an API whose models cannot be asked."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from deployment.config import DeploymentConfig, load_deployment_config
from kit.local import dialects, summary
from kit_contract.errors import ExternalError
from tests.deployment_file import shipped_file

OUTPUTS: dict[str, Any] = {"api_url": "http://127.0.0.1:1/v1", "api_key": "k", "aliases": {}}


def config(*aliases: str) -> DeploymentConfig:
    raw = load_deployment_config(shipped_file()).model_dump() | {"training": None, "knowledge_base": None, "agents": {}}
    raw["inference_api"]["aliases"] = {name: raw["inference_api"]["aliases"][name] for name in aliases}
    return DeploymentConfig.model_validate(raw)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The paths of the requests, all of which fail."""
    paths: list[str] = []

    def opened(outputs: Mapping[str, Any], path: str, body: Mapping[str, Any]) -> Any:
        paths.append(path)
        raise ExternalError(f"POST {path} answered 404: no such model")

    monkeypatch.setattr(dialects, "opened", opened)
    return paths


def test_a_model_that_is_not_there_ends_no_run(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    summary.print_summary(config("assistant"), OUTPUTS, [])

    shown = capsys.readouterr().out
    assert "POST /v1/chat/completions answered 404: no such model" in shown
    assert '"model": "assistant"' in shown


def test_an_api_that_only_embeds_has_no_chat_to_show(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    summary.print_summary(config("embeddings"), OUTPUTS, [])

    assert asked == ["/v1/embeddings"]
    assert "curl" not in capsys.readouterr().out


def test_what_is_next_has_the_file_and_the_environment_that_were_given(
    asked: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    options = Namespace(config=Path("eu.toml"), environment="dev", local=True)

    summary.print_summary(config("embeddings"), OUTPUTS, [], options)

    shown = capsys.readouterr().out
    assert "next: edit eu.toml and run kit local up --config eu.toml --environment dev again" in shown
    assert "      kit deploy --config eu.toml --environment dev deploys to your AWS account" in shown
