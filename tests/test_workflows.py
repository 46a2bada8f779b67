"""Workflows, the project's and those that `kit pipeline workflows` writes: pinned, least permissions, no injection."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]

from kit.pipeline.access import variables_of
from kit.pipeline.rendering import Workflows, files_of
from tests.pipelines.expressions import EXPRESSION, names_in
from tests.pipelines.runner import in_order, listed, load

OWN = Path(__file__).resolve().parent.parent / ".github" / "workflows"
PINNED = re.compile(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+")
# Contexts and what a workflow may read of them: nothing that the author of a pull request chose.
READ = re.compile(
    r"github\.(event\.pull_request\.(number|head\.repo\.full_name)|repository|token|ref)|vars(\.\w+)?"
    r"|matrix\.\w+|inputs\.accept|needs\.\w+\.result|cancelled|failure"
)
SCOPES = {"contents": "read", "id-token": "write", "pull-requests": "write", "issues": "write"}
TAKES_ROLE, GIVEN = "aws-actions/configure-aws-credentials", Workflows(dev="test", prod="live-eu", tag="release/*")


@pytest.fixture(scope="module", params=["dev and prod", "other names", "own"])
def workflows(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    if request.param == "own":
        return {path.name: path for path in OWN.glob("*.yml")}
    folder = tmp_path_factory.mktemp("workflows")
    found = {}
    for path, text in files_of("github", GIVEN if request.param == "other names" else Workflows()).items():
        found[path.name] = folder / path.name
        found[path.name].write_text(text, encoding="utf-8")
    return found


def jobs(workflows: dict[str, Path]) -> Iterator[tuple[str, dict[str, Any]]]:
    for name, path in workflows.items():
        for job, content in load(path)["jobs"].items():
            yield f"{name}: {job}", content


def test_every_action_is_pinned_by_commit_and_names_its_version(workflows: dict[str, Path]) -> None:
    text = "\n".join(path.read_text(encoding="utf-8") for path in workflows.values())
    uses = re.findall(r"uses: (.+)", text)

    assert uses
    assert [action for action in uses if not PINNED.fullmatch(action)] == []


def test_the_project_and_the_templates_use_the_same_version_of_an_action() -> None:
    texts = [path.read_text(encoding="utf-8") for path in OWN.glob("*.yml")]
    texts += files_of("github", Workflows()).values()
    uses = {tuple(used.split("@")) for text in texts for used in re.findall(r"uses: (.+)", text)}

    assert len(uses) == len({action for action, _ in uses})


def test_a_job_has_the_permissions_that_it_needs_and_an_end(workflows: dict[str, Path]) -> None:
    for path in workflows.values():
        assert load(path)["permissions"] in ({}, {"contents": "read"}), path.name
    for name, job in jobs(workflows):
        actions = [step.get("uses", "").partition("@")[0] for step in job["steps"]]
        granted = job.get("permissions", {})
        assert granted.items() <= SCOPES.items(), name
        assert ("id-token" in granted) == (TAKES_ROLE in actions), name
        assert job["timeout-minutes"] <= 240, name
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False, name


def test_what_writes_to_github_runs_no_code_of_the_repository(workflows: dict[str, Path]) -> None:
    for name, job in jobs(workflows):
        if {"pull-requests", "issues"} & job.get("permissions", {}).keys():
            assert not [step for step in job["steps"] if "checkout" in step.get("uses", "")], name
            assert "contents" not in job["permissions"], name


def test_no_shell_has_an_expression_and_every_expression_reads_what_it_may(workflows: dict[str, Path]) -> None:
    for path in workflows.values():
        text = path.read_text(encoding="utf-8")
        assert "secrets" not in names_in(text), path.name
        assert [name for name in names_in(text) if not READ.fullmatch(name)] == [], path.name
        assert not {"pull_request_target", "workflow_run"} & set(load(path)["on"]), path.name
    shells = [step["run"] for _, job in jobs(workflows) for step in job["steps"] if "run" in step]
    assert shells
    assert [shell for shell in shells if EXPRESSION.search(shell)] == []
    for shell in shells:
        _parsed(shell)


def test_jobs_need_jobs_that_exist(workflows: dict[str, Path]) -> None:
    for path in workflows.values():
        found = load(path)["jobs"]
        assert len(list(in_order(found))) == len(found)
        assert {name for job in found.values() for name in listed(job.get("needs"))} <= set(found)


@pytest.mark.parametrize("given", [Workflows(), GIVEN], ids=["dev and prod", "other names"])
def test_a_deploy_waits_for_its_turn_and_its_environment(given: Workflows, tmp_path: Path) -> None:
    files = {path.name: text for path, text in files_of("github", given).items()}
    for name in (given.dev, given.prod):
        (tmp_path / "workflow.yml").write_text(files[f"deploy-{name}.yml"], encoding="utf-8")
        workflow = load(tmp_path / "workflow.yml")
        assert workflow["concurrency"] == {"group": f"deploy-{name}", "cancel-in-progress": False}
        assert workflow["jobs"]["deploy"]["environment"] == name
        assert workflow["jobs"]["deploy"]["needs"] == "check"


@pytest.mark.parametrize("system", ["github", "gitlab"])
def test_workflows_read_the_variables_that_access_says_to_set(system: str) -> None:
    text = "\n".join(files_of(system, GIVEN).values())
    named = set(re.findall(r"\bAWS_(?:DIFF|DRIFT|DEPLOY)_ROLE_\w+|\bAWS_REGION_\w+", text))
    built = {f"AWS_{kind}_ROLE_" for kind in ("DIFF", "DRIFT")} if system == "gitlab" else set[str]()
    said = {name for environment in (GIVEN.dev, GIVEN.prod) for name in variables_of(environment)}

    assert named <= said
    assert {name for name in said - named if "REGION" not in name and not name.startswith(tuple(built))} == set()
    assert "<<" not in text


def test_gitlab_shows_its_token_and_no_key_and_prod_waits_for_a_person() -> None:
    (text,) = files_of("gitlab", GIVEN).values()
    found = yaml.safe_load(text)
    prod = found["deploy live-eu"]

    assert found[".aws"]["id_tokens"] == {"AWS_ID_TOKEN": {"aud": "sts.amazonaws.com"}}
    assert prod["rules"] == [{"if": r"$CI_COMMIT_TAG =~ /^release\/.*$/", "when": "manual", "allow_failure": False}]
    assert prod["environment"] == {"name": "live-eu"}
    for name, job in found.items():
        if isinstance(job, dict) and "script" in job:
            assert job["extends"] in (".aws", ".install"), name
            assert (job["extends"] == ".aws") == ("AWS_ROLE_ARN" in str(job["script"])), name
            for line in [*found[job["extends"]]["before_script"], *job["script"]]:
                _parsed(line)


def test_other_commands_reach_the_workflows() -> None:
    other = replace(Workflows(), kit="bedrock-kit", install="pip install -r requirements.txt", tests="pytest")
    text = "\n".join([*files_of("github", other).values(), *files_of("gitlab", other).values()])

    assert "bedrock-kit deploy --environment prod" in text
    assert "-m kit" not in text
    assert "make " not in text


def _parsed(shell: str) -> None:
    done = subprocess.run(["bash", "-n"], input=shell, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{shell}\n{done.stderr}"
