"""`kit init`: what it makes, and what it refuses without writing anything."""

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pytest

from kit.__main__ import main
from kit_contract.places import SOURCES
from kit_contract.version import VERSION

LOCKS = ("requirements.txt", "requirements-dev.txt")


def init(folder: Path, *arguments: str) -> int:
    return main(["init", str(folder), *arguments])


def files_of(folder: Path) -> dict[str, str]:
    texts = (path for path in folder.rglob("*") if path.is_file() and path.suffix != ".pdf")
    return {path.relative_to(folder).as_posix(): path.read_text(encoding="utf-8") for path in texts}


def file_of(folder: Path) -> dict[str, Any]:
    return tomllib.loads((folder / "deployment.toml").read_text(encoding="utf-8"))


def test_a_project_has_the_name_of_its_folder_and_two_environments(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path / "my-bot") == 0

    file = file_of(tmp_path / "my-bot")
    assert file["deployment"]["name"] == "my-bot"
    assert list(file["environments"]) == ["dev", "prod"]
    assert "account" not in file["deployment"]
    npm = [
        json.loads((tmp_path / "my-bot" / name).read_text())["name"] for name in ("package.json", "package-lock.json")
    ]
    assert npm == ["my-bot", "my-bot"]
    assert "bedrock-kit deploy --environment dev" in capsys.readouterr().out


@pytest.mark.parametrize("pipeline", ["none", "github", "gitlab"])
def test_nothing_of_a_template_is_left(tmp_path: Path, pipeline: str) -> None:
    assert init(tmp_path, "--name", "my-bot", "--pipeline", pipeline) == 0

    files = files_of(tmp_path)
    assert {name: found for name, text in files.items() if (found := re.findall(r"<<\w+>>|kit:(?:if|end)", text))} == {}
    assert (".github/workflows/deploy-prod.yml" in files) == (pipeline == "github")
    assert (".gitlab-ci.yml" in files) == (pipeline == "gitlab")
    assert ("[pipeline." in files["deployment.toml"]) == (pipeline != "none")


def test_the_versions_are_those_that_the_kit_is_tested_with(tmp_path: Path) -> None:
    init(tmp_path, "--name", "my-bot")

    pins = dict(re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)$", (tmp_path / "requirements.txt").read_text(), re.MULTILINE))
    locked = dict(
        re.findall(r"^([\w-]+)==([^\s;]+)", "\n".join((SOURCES / name).read_text() for name in LOCKS), re.MULTILINE)
    )
    assert pins.pop("bedrock-deployment-kit") == VERSION
    assert pins == {name: locked[name] for name in pins}
    assert {"aws-cdk-lib", "boto3", "tzdata", "cdk-nag", "cfn-lint", "pytest"} == set(pins)


def test_models_are_called_as_the_region_offers_them(tmp_path: Path) -> None:
    """Nova Micro is customized in us-east-1 only; elsewhere the example has no training."""
    assert init(tmp_path, "--name", "my-bot", "--region", "eu-central-1", "--account", "111122223333") == 0

    file = file_of(tmp_path)
    assert file["deployment"] == {
        "name": "my-bot",
        "region": "eu-central-1",
        "account": "111122223333",
        "allow_data_deletion": False,
    }
    assert file["inference_api"]["aliases"]["support-bot"]["model"] == "eu.amazon.nova-micro-v1:0"
    assert "training" not in file


def test_another_model_answers_where_the_first_is_not_offered(tmp_path: Path) -> None:
    assert init(tmp_path, "--name", "my-bot", "--region", "ca-central-1") == 0

    file = file_of(tmp_path)
    assert file["inference_api"]["aliases"]["support-bot"]["model"] == "ca.amazon.nova-lite-v1:0"
    assert file["agents"]["support"]["model"] == "assistant"


def test_where_agentcore_is_not_offered_the_example_has_no_agent(tmp_path: Path) -> None:
    assert init(tmp_path, "--name", "my-bot", "--region", "us-gov-west-1") == 0

    file = file_of(tmp_path)
    assert "agents" not in file
    assert file["knowledge_base"]["model"] == "amazon.nova-micro-v1:0"


def test_a_region_without_what_the_example_uses_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path / "my-bot", "--region", "me-central-1") == 2

    said = capsys.readouterr().err
    assert "cannot be deployed in me-central-1, and nothing was written; choose another --region:" in said
    assert "(environment " not in said
    assert not (tmp_path / "my-bot").exists()


def test_a_folder_with_files_is_refused_and_names_them(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("a.txt", "b.txt", "c.txt", "d.txt", "e.txt", "f.txt"):
        (tmp_path / name).touch()

    assert init(tmp_path, "--name", "my-bot") == 2
    assert "has files already: a.txt, b.txt, c.txt, d.txt, e.txt and 1 more" in capsys.readouterr().err
    assert len(list(tmp_path.iterdir())) == 6


def test_a_fresh_clone_with_an_environment_is_no_folder_with_files(tmp_path: Path) -> None:
    for name in (".git", ".venv"):
        (tmp_path / name).mkdir()

    assert init(tmp_path, "--name", "my-bot") == 0


REFUSED = [
    (("--name", "My_Bot"), "--name must be 2 to 26 lowercase letters, digits and single hyphens"),
    (("--name", "a" * 27), "--name must be 2 to 26 lowercase letters"),
    (("--name", "my-bot", "--account", "12"), "--account must be the 12 digits of an AWS account"),
    (("--name", "my-bot", "--region", "Frankfurt"), "--region must be an AWS Region such as us-east-1"),
    ((), "the folder's name is the name of the deployment, which must be"),
]


@pytest.mark.parametrize(("arguments", "message"), REFUSED)
def test_what_cannot_be_is_refused_with_the_rule(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], arguments: tuple[str, ...], message: str
) -> None:
    assert init(tmp_path / "New_Project", *arguments) == 2

    assert message in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_a_file_is_no_folder(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()

    assert init(tmp_path / "file") == 2
    assert "is a file; name a new or empty folder" in capsys.readouterr().err


def test_the_longest_name_has_room_for_every_environment(tmp_path: Path) -> None:
    assert init(tmp_path / ("a" * 26)) == 0
