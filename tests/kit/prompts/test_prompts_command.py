"""kit prompts: versions, variables and users from the file, and what Bedrock has of one."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from kit.__main__ import main
from kit.prompts import show
from tests.deployment_file import HEAD, deployment_file

TEXT = """
[prompts.tone]
text = "You work for {{company}} in {{language}}."
[prompts.tone.variables]
language = "English"
[prompts.spare]
text = "Be brief."
[inference_api.aliases.chat]
model = "amazon.nova-micro-v1:0"
prompt = "tone"
[agents.desk]
model = "us.amazon.nova-2-lite-v1:0"
instructions_prompt = "spare"
"""
ARN = "arn:aws:bedrock:us-east-1:111122223333:prompt/ABCDEFGHIJ"
NOW = "2026-11-27T00:00:00Z"


@pytest.fixture
def config(tmp_path: Path) -> str:
    return str(deployment_file(tmp_path, HEAD + TEXT))


def listed(config: str, capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    assert main(["prompts", "list", "--json", "--config", config]) == 0
    found: list[dict[str, Any]] = json.loads(capsys.readouterr().out)["prompts"]
    return found


def test_the_list_says_who_uses_what(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["prompts", "--config", config]) == 0

    _, tone, spare = capsys.readouterr().out.splitlines()
    assert tone.split()[2:] == ["company*,", "language", "alias", "chat"]
    assert spare.split()[2:] == ["none", "agent", "desk"]
    assert listed(config, capsys)[0]["variables"] == {"company": None, "language": "English"}


@pytest.mark.parametrize("same", [True, False])
def test_one_is_shown_with_its_versions(
    config: str, same: bool, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    version = listed(config, capsys)[0]["version"] if same else "0" * 12
    made: dict[str, Any] = {
        service: boto3.client(service, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        for service in ("ssm", "bedrock-agent")
    }
    monkeypatch.setattr(show, "connect", lambda options, config: (made.__getitem__, "sup"))
    summary = {"name": "sup-tone", "id": "ABCDEFGHIJ", "createdAt": NOW, "updatedAt": NOW}
    summaries = [
        {**summary, "arn": ARN, "version": "DRAFT"},
        {**summary, "arn": f"{ARN}:3", "version": "3", "description": f"{version} How"},
    ]
    with Stubber(made["ssm"]) as ssm, Stubber(made["bedrock-agent"]) as agent:
        value = {"Parameter": {"Value": f"{ARN}:3"}}
        ssm.add_response("get_parameter", value, {"Name": "/bedrock-kit/sup/prompts/tone"})
        agent.add_response("list_prompts", {"promptSummaries": summaries}, {"promptIdentifier": "ABCDEFGHIJ"})
        assert main(["prompts", "show", "tone", "--config", config]) == 0

    shown = capsys.readouterr().out
    assert shown.startswith("You work for {{company}} in {{language}}.\n")
    assert f"deployed  {ARN}:3  {'the text above' if same else 'another text: deploy'}\n" in shown
    assert "DRAFT" not in shown


def test_before_the_first_deploy_and_an_unknown_one(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ssm: Any = boto3.client("ssm", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
    monkeypatch.setattr(show, "connect", lambda options, config: (lambda service: ssm, "sup"))
    with Stubber(ssm) as stub:
        stub.add_client_error("get_parameter", "ParameterNotFound")
        assert main(["prompts", "show", "tone", "--config", config]) == 0
    assert "deployed  nothing yet" in capsys.readouterr().out

    assert main(["prompts", "show", "other", "--config", config]) == 2
    assert "has no prompt other; it has: tone, spare" in capsys.readouterr().err


def test_one_that_was_deleted_by_hand_is_told(
    config: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    made: dict[str, Any] = {
        name: boto3.client(name, region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")
        for name in ("ssm", "bedrock-agent")
    }
    monkeypatch.setattr(show, "connect", lambda options, config: (made.__getitem__, "sup"))

    with Stubber(made["ssm"]) as ssm, Stubber(made["bedrock-agent"]) as bedrock:
        ssm.add_response("get_parameter", {"Parameter": {"Value": f"{ARN}:1"}})
        bedrock.add_client_error("list_prompts", "ResourceNotFoundException")
        code = main(["prompts", "show", "tone", "--config", config])

    assert code == 1
    told = "no prompt tone (ABCDEFGHIJ) any more: it was deleted by hand; kit deploy --config"
    assert told in " ".join(capsys.readouterr().err.split())
