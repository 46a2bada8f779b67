"""`kit pipeline access`: one OIDC provider in an account, and the words after the deploy."""

from pathlib import Path
from typing import Any

import pytest

from deployment.checks.check_deployment import check_deployment
from deployment.config import ConfigError, DeploymentConfig, load_deployment_config
from kit.pipeline.access import GITHUB_HOST, check_providers, instructions, sections_of
from kit_contract.errors import InputError
from kit_contract.stacks import pipeline_role_output

FILE = """
[deployment]
name = "support"
region = "us-east-1"
[pipeline.github]
repository = "octo-org/octo-repo"
repository_id = "789012"
owner_id = "123456"
[pipeline.gitlab]
project = "group/name"
provider = "existing"
[environments.dev]
[environments.prod-eu]
region = "eu-west-1"
[environments.prod-eu.pipeline.github]
branches = []
tags = ["v*"]
"""
GITLAB_ARN, GITHUB_ARN = (f"arn:aws:iam::111122223333:oidc-provider/{host}" for host in ("gitlab.com", GITHUB_HOST))


def loaded(folder: Path, environment: str | None = "prod-eu", text: str = FILE) -> DeploymentConfig:
    (folder / "deployment.toml").write_text(text, encoding="utf-8")
    return load_deployment_config(folder / "deployment.toml", environment)


class Iam:
    def __init__(self, *arns: str) -> None:
        self._arns = arns

    def list_open_id_connect_providers(self) -> dict[str, Any]:
        return {"OpenIDConnectProviderList": [{"Arn": arn} for arn in self._arns]}


def test_a_second_provider_is_refused_before_the_deploy(tmp_path: Path) -> None:
    sections = sections_of(loaded(tmp_path))
    own = {pipeline_role_output("github", "deploy"): "arn"}

    check_providers(sections, Iam(GITLAB_ARN), {})
    check_providers(sections, Iam(GITLAB_ARN, GITHUB_ARN), own)  # this stack made it
    with pytest.raises(InputError, match=r'already has the OIDC provider.*pipeline.github.provider = "existing"'):
        check_providers(sections, Iam(GITLAB_ARN, GITHUB_ARN), {})
    with pytest.raises(InputError, match=r'no OIDC provider gitlab.com.*pipeline.gitlab.provider = "create"'):
        check_providers(sections, Iam(), {})


def test_it_says_which_variables_to_set(tmp_path: Path) -> None:
    names = [(system, role) for system in ("github", "gitlab") for role in ("diff", "drift", "deploy")]
    outputs = {pipeline_role_output(system, role): f"arn:{system}-{role}" for system, role in names}

    said = list(instructions(loaded(tmp_path), outputs))

    deploy = "gh variable set AWS_DEPLOY_ROLE_PROD_EU --repo octo-org/octo-repo --body arn:github-deploy"
    assert f"  {deploy}" in said
    assert "  gh variable set AWS_REGION_PROD_EU --repo octo-org/octo-repo --body eu-west-1" in said
    assert "  glab variable set AWS_DIFF_ROLE_PROD_EU arn:gitlab-diff" in said


def test_github_needs_an_environment_whose_approval_it_waits_for(tmp_path: Path) -> None:
    without = FILE[: FILE.index("[environments.dev]")]

    with pytest.raises(ConfigError, match=r"pipeline\.github\.environment is missing"):
        check_deployment(loaded(tmp_path, None, without))
    check_deployment(loaded(tmp_path, "dev"))


@pytest.mark.parametrize(
    "setting",
    ['branches = ["*"]', 'tags = ["*"]', 'tags = ["v*x"]', 'branches = ["a?"]', "branches = []", 'role_prefix = "a/*"'],
)
def test_what_would_let_others_deploy_is_refused(tmp_path: Path, setting: str) -> None:
    text = FILE.replace('owner_id = "123456"', f'owner_id = "123456"\n{setting}')

    with pytest.raises(ConfigError, match=r"pipeline\.github"):
        loaded(tmp_path, "dev", text)
