"""[deployment] account: 12 digits, and the only account that is deployed to."""

import os
import subprocess
import sys
from pathlib import Path

import aws_cdk as cdk
import pytest

from app import build_app
from deployment.checks.account import check_account
from deployment.config import ConfigError, load_deployment_config
from kit_contract.embedded_aws import EMBEDDED_ACCOUNT
from tests.deployment_file import HEAD, PROJECT, SHIPPED, deployment_file, file_faults

MINE, OTHER = "111122223333", "444455556666"


def with_account(text: str, value: str = f'"{MINE}"') -> str:
    return text.replace("[deployment]\n", f"[deployment]\naccount = {value}\n")


@pytest.mark.parametrize(
    "value", ['"1111"', '"1111222233334"', '"aws"', "111122223333", '"١١١١٢٢٢٢٣٣٣٣"', '"1111-2222-3333"']
)
def test_anything_but_twelve_digits_in_quotes_is_refused(tmp_path: Path, value: str) -> None:
    (fault,) = file_faults(tmp_path, with_account(SHIPPED, value))

    assert fault.startswith(
        "deployment.toml: deployment.account: must be the 12 digits of an AWS account, in quotes, got"
    )


def test_another_account_is_refused(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, with_account(HEAD)))

    for allowed in (MINE, EMBEDDED_ACCOUNT, None):
        check_account(config, allowed)
    with pytest.raises(ConfigError, match=f"is {MINE}, but your credentials are for {OTHER}; log in to {MINE}"):
        check_account(config, OTHER)


def test_without_the_setting_every_account_is_accepted(tmp_path: Path) -> None:
    check_account(load_deployment_config(deployment_file(tmp_path, HEAD)), OTHER)


def test_plain_cdk_refuses_another_account_in_one_line(tmp_path: Path) -> None:
    """The CDK CLI passes the account of the credentials in CDK_DEFAULT_ACCOUNT."""
    context = f'{{"config": "{deployment_file(tmp_path, with_account(SHIPPED))}"}}'
    given = {**os.environ, "CDK_DEFAULT_ACCOUNT": OTHER, "CDK_CONTEXT_JSON": context}

    done = subprocess.run(
        [sys.executable, "app.py"], cwd=PROJECT, env=given, capture_output=True, text=True, check=False
    )

    assert done.returncode == 1
    assert f"but your credentials are for {OTHER}" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_credentials_the_stacks_name_the_account_so_that_the_cdk_cli_compares_it(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, with_account(f"{HEAD}[model_access]\n")))

    assembly = build_app(cdk.App(outdir=str(tmp_path / "out")), config).synth()

    assert [stack.environment.account for stack in assembly.stacks] == [MINE]


def test_an_absent_section_is_no_stack(tmp_path: Path) -> None:
    config = load_deployment_config(deployment_file(tmp_path, f"{HEAD}[model_access]\n"))

    assert config.stacks == ["sup-model-access"]
