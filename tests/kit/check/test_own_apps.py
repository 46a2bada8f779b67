"""What `kit check` synthesizes of a deployment.toml with a pipeline."""

from pathlib import Path

from kit.check.own_apps import own_apps
from tests.synthesized import PROJECT

FILE = PROJECT / "tests/stacks/pipeline.toml"


def found(file: Path, chosen: str | None = None) -> list[tuple[str | None, list[str], str | None]]:
    return [(app.environment, list(app.context), app.account) for app in own_apps(file, chosen)]


def test_the_pipeline_and_who_it_may_assume_are_checked_with_the_environments() -> None:
    assert found(FILE) == [
        ("dev", [], None),
        ("dev", ["pipeline_access"], None),
        ("prod", [], None),
        ("prod", ["pipeline_access"], None),
        (None, ["pipeline"], "111122223333"),
    ]


def test_a_chosen_environment_is_checked_without_the_pipeline() -> None:
    assert found(FILE, "prod") == [("prod", [], None), ("prod", ["pipeline_access"], None)]


def test_an_environment_that_the_pipeline_does_not_deploy_has_no_roles(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    text = FILE.read_text(encoding="utf-8")
    file.write_text(f'{text}\n[environments.qa]\naccount = "444455556666"\n', encoding="utf-8")

    assert ("qa", ["pipeline_access"], None) not in found(file)
    assert ("qa", [], None) in found(file)


def test_a_file_without_a_pipeline_has_one_app(tmp_path: Path) -> None:
    file = tmp_path / "deployment.toml"
    file.write_text('[deployment]\nname = "shop"\n', encoding="utf-8")
    (tmp_path / "broken.toml").write_text("pipeline = [", encoding="utf-8")

    assert found(file) == [(None, [], None)]
    assert found(tmp_path / "broken.toml") == [(None, [], None)]
