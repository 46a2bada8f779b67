"""`kit pipeline workflows` writes files for environments that exist, and overwrites none without --force."""

from pathlib import Path

import pytest

from kit.__main__ import main

FILE = '[deployment]\nname = "support"\nregion = "us-east-1"\n[environments.dev]\n[environments.prod]\n'


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "deployment.toml").write_text(FILE, encoding="utf-8")
    return tmp_path


def run(project: Path, *arguments: str) -> int:
    place = ("--config", str(project / "deployment.toml"), "--folder", str(project))
    return main(["pipeline", "workflows", *arguments, *place])


def test_the_files_are_written_and_a_changed_one_is_kept(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "github") == run(project, "github") == 0
    file = project / ".github" / "workflows" / "deploy-dev.yml"
    written = file.read_text(encoding="utf-8")
    file.write_text("mine", encoding="utf-8")

    assert run(project, "github") != 0
    assert "deploy-dev.yml differ from what would be written; add --force" in capsys.readouterr().err
    assert file.read_text(encoding="utf-8") == "mine"
    assert run(project, "github", "--force") == 0
    assert file.read_text(encoding="utf-8") == written


def test_gitlab_has_one_file(project: Path) -> None:
    assert run(project, "gitlab") == 0
    assert "deploy prod:" in (project / ".gitlab-ci.yml").read_text(encoding="utf-8")


def test_an_environment_that_is_not_in_the_file_is_refused(project: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(project, "github", "--prod", "live") != 0
    assert "has no [environments.live]; it has dev, prod" in capsys.readouterr().err
