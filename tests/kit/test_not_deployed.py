"""A command whose stack is missing tells a section that is missing in the file from one that was not deployed."""

from argparse import Namespace
from pathlib import Path

from kit.__main__ import explain
from kit.not_deployed import NotDeployedError
from tests.deployment_file import SHIPPED, deployment_file

STAGES = '\n[environments.dev]\n\n[environments.prod]\nwithout = ["training"]\n'


def said(folder: Path, environment: str | None, *, local: bool) -> str:
    options = Namespace(config=deployment_file(folder, SHIPPED + STAGES), environment=environment, local=local)
    stack = f"support-assistant-{environment}-training"
    return explain(NotDeployedError(stack, "[training]"), "kit runs list", options)[0]


def test_a_section_of_the_file_is_to_be_deployed(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    wanted = "stack support-assistant-dev-training does not exist: [training] of deployment.toml is not deployed; run "

    assert said(tmp_path, "dev", local=False) == f"{wanted}kit deploy --config {file} --environment dev"
    assert said(tmp_path, "dev", local=True) == f"{wanted}kit local up --config {file} --environment dev"


def test_a_section_that_the_file_lacks_is_to_be_added(tmp_path: Path) -> None:
    assert "this deployment has no [training]; add it to deployment.toml" in said(tmp_path, "prod", local=False)


def test_a_file_that_does_not_say_which_environment_is_not_blamed(tmp_path: Path) -> None:
    assert "this deployment has no [training]; add it to deployment.toml" in said(tmp_path, None, local=True)
