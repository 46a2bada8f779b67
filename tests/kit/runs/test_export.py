"""`kit runs export`: the section that copies a promoted model into another environment, and what AWS does not allow."""

import json
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from deployment.config import load_deployment_config
from kit.__main__ import main
from kit.runs import export
from kit.runs.deployed import Deployed
from tests.deployment_file import SHIPPED, config_faults, deployment_file

ACCOUNT = "111122223333"
TITAN = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/amazon.titan-text-lite-v1:0:4k/abcdefghijkl"
NOVA = f"arn:aws:bedrock:us-east-1:{ACCOUNT}:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl"
MODEL = "amazon.nova-micro-v1:0"
STAGES = f'\n[environments.dev]\naccount = "{ACCOUNT}"\n\n[environments.prod]\n'


class Parameters:
    def __init__(self, arn: str) -> None:
        self.arn = arn

    def get_parameter(self, Name: str) -> Any:
        if not self.arn:
            raise ClientError({"Error": {"Code": "ParameterNotFound", "Message": "no"}}, "GetParameter")
        assert Name == "/bedrock-kit/support-assistant-dev/customizations/support/promoted"
        return {"Parameter": {"Value": json.dumps({"custom_model_arn": self.arn, "run_id": "x"})}}


def exported(folder: Path, arn: str, prod: str, monkeypatch: pytest.MonkeyPatch, *words: str) -> int:
    file = deployment_file(folder, SHIPPED + STAGES + prod)
    deployed = Deployed("support-assistant-dev", "us-east-1", {}, lambda _: Parameters(arn))
    monkeypatch.setattr(export, "connect", lambda *_, **__: deployed)
    return main(["runs", "--config", str(file), "--environment", "dev", "export", "--to", "prod", *words])


def test_the_printed_section_is_one_that_the_checks_accept(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prod = f'account = "{ACCOUNT}"\nregion = "us-west-2"\n'

    assert exported(tmp_path, NOVA, prod, monkeypatch) == 0

    printed = capsys.readouterr().out
    without = 'without = ["training.customizations.support"]'
    assert printed.splitlines()[-1] == f"# and in [environments.prod]: {without}"
    text = f"{SHIPPED}{STAGES}{prod}{without}\n{printed}"
    text = text.replace(f'"{MODEL}"', f'"us.{MODEL}"')
    config = load_deployment_config(deployment_file(tmp_path, text), "prod")
    assert list(config.custom_models) == ["support"]
    assert (config.custom_models["support"].alias, config.custom_models["support"].base_model) == (
        "support-bot",
        "amazon.nova-micro-v1:0:128k",
    )
    assert [fault for fault in config_faults(config, account=ACCOUNT) if "copied" in fault] == []


@pytest.mark.parametrize(
    ("arn", "prod", "said"),
    [
        (TITAN, 'account = "444455556666"\n', ["has to share it with 444455556666 through AWS RAM"]),
        (NOVA, 'account = "444455556666"\n', ["through AWS RAM", "no model of Amazon Nova that can be shared"]),
        (NOVA, f'account = "{ACCOUNT}"\n', ["copies no model within its account and Region"]),
    ],
)
def test_what_aws_does_not_allow_is_said(
    tmp_path: Path,
    arn: str,
    prod: str,
    said: list[str],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    assert exported(tmp_path, arn, prod, monkeypatch, "support") == 0

    comments = [line for line in capsys.readouterr().out.splitlines() if line.startswith("#")]
    assert [text in line for text, line in zip(said, comments, strict=False)] == [True] * len(said)


def test_without_a_promoted_model_or_such_a_customization(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    assert exported(tmp_path, "", "", monkeypatch) == 1
    assert "no model was promoted in dev yet" in capsys.readouterr().out
    assert exported(tmp_path, NOVA, "", monkeypatch, "other") == 2
    assert "other is no customization of deployment.toml; allowed: support" in capsys.readouterr().err


def test_the_option_names_the_customization_as_the_argument_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert exported(tmp_path, TITAN, "", monkeypatch, "--customization", "suport") == 2
    assert "suport is no customization of deployment.toml; allowed: support" in capsys.readouterr().err
