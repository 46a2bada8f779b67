"""The stacks of a pipeline: what starts it, what it runs, what its builds may read, who approves."""

import json
import shlex
from pathlib import Path
from typing import Any

import pytest
from syrupy.assertion import SnapshotAssertion

from kit.__main__ import command_line
from tests.pipelines.codepipeline_templates import FILE, PIPELINE_ACCOUNT, access, pipeline, resources
from tests.synthesized import without_hashes

CONNECTION = "arn:aws:codeconnections:us-east-1:111122223333:connection/0f0f0f0f-1111-2222-3333-444444444444"
KIT = ".venv/bin/python -m kit "
OLD_CONNECTION = CONNECTION.replace("codeconnections", "codestar-connections")


def changed(tmp_path: Path, old: str, new: str) -> dict[str, Any]:
    """The pipeline of the file with `new` for `old`."""
    text = FILE.read_text(encoding="utf-8")
    assert old in text
    file = tmp_path / "pipeline.toml"
    file.write_text(text.replace(old, new), encoding="utf-8")
    return pipeline(file)


def of_pipeline(template: dict[str, Any]) -> dict[str, Any]:
    (found,) = resources(template, "AWS::CodePipeline::Pipeline").values()
    return found


@pytest.mark.parametrize("stack", ["pipeline", "dev", "prod"])
def test_snapshot(stack: str, snapshot: SnapshotAssertion) -> None:
    template = pipeline() if stack == "pipeline" else access(stack)

    assert json.dumps(without_hashes(template), indent=1, sort_keys=True) == snapshot


def test_it_is_of_type_v2_and_runs_one_execution_after_the_other() -> None:
    found = of_pipeline(pipeline())

    assert (found["PipelineType"], found["ExecutionMode"]) == ("V2", "QUEUED")
    assert [stage["Name"] for stage in found["Stages"]] == ["Source", "Check", "DevReview", "Dev", "ProdReview", "Prod"]
    results = {stage["Name"]: stage.get("OnFailure", {}).get("Result") for stage in found["Stages"]}
    assert results == {
        "Source": None,
        "Check": "RETRY",
        "DevReview": None,
        "Dev": "ROLLBACK",
        "ProdReview": None,
        "Prod": "ROLLBACK",
    }


def test_a_push_to_the_branch_starts_it_or_a_tag_in_its_place(tmp_path: Path) -> None:
    with_tags = changed(tmp_path, 'repository = "example/shop"', 'repository = "example/shop"\ntags = ["v*"]')

    def filters(template: dict[str, Any]) -> Any:
        (trigger,) = of_pipeline(template)["Triggers"]
        assert trigger["GitConfiguration"]["SourceActionName"] == "Source"
        return trigger["GitConfiguration"]["Push"]

    assert filters(pipeline()) == [{"Branches": {"Includes": ["main"]}}]
    assert filters(with_tags) == [{"Tags": {"Includes": ["v*"]}}]
    (source,) = of_pipeline(pipeline())["Stages"][0]["Actions"]
    assert source["Configuration"]["DetectChanges"] is False  # the trigger is what starts it


def test_no_build_is_privileged_and_all_have_a_pinned_image_and_runtimes() -> None:
    projects = resources(pipeline(), "AWS::CodeBuild::Project").values()

    assert len(projects) == 9
    for project in projects:
        assert project["Environment"]["PrivilegedMode"] is False
        assert project["Environment"]["Image"] == "aws/codebuild/standard:7.0"
        specification = json.loads(project["Source"]["BuildSpec"])
        assert specification["phases"]["install"]["runtime-versions"] == {"python": "3.12", "nodejs": "22"}
        assert specification["version"] == 0.2
        assert project["EncryptionKey"] == of_pipeline(pipeline())["ArtifactStore"]["EncryptionKey"]["Id"]
        assert project["LogsConfig"]["CloudWatchLogs"]["Status"] == "ENABLED"


def test_logs_are_kept_for_three_months_and_artifacts_too() -> None:
    groups = resources(pipeline(), "AWS::Logs::LogGroup").values()
    (bucket,) = resources(pipeline(), "AWS::S3::Bucket").values()

    assert {group["RetentionInDays"] for group in groups} == {90}
    assert bucket["LifecycleConfiguration"]["Rules"][0]["ExpirationInDays"] == 90


def test_no_other_account_may_use_the_artifacts_or_their_key() -> None:
    (key,) = resources(pipeline(), "AWS::KMS::Key").values()
    policies = json.dumps([key["KeyPolicy"], *resources(pipeline(), "AWS::S3::BucketPolicy").values()])

    assert key["EnableKeyRotation"] is True
    assert PIPELINE_ACCOUNT in policies
    assert not [account for account in ("222233334444", "333344445555") if account in policies]


def test_each_environment_waits_for_an_approval_but_the_first_or_as_the_file_says(tmp_path: Path) -> None:
    def approvals(template: dict[str, Any]) -> list[str]:
        stages = of_pipeline(template)["Stages"]
        return [stage["Name"] for stage in stages for one in stage["Actions"] if one["Name"] == "Approval"]

    said = changed(
        tmp_path, "[pipeline.codepipeline.stages.dev]", "[pipeline.codepipeline.stages.dev]\napproval = true"
    )

    assert approvals(pipeline()) == ["ProdReview"]
    assert approvals(said) == ["DevReview", "ProdReview"]


def test_a_connection_of_either_prefix_is_used_by_both_names_of_the_action(tmp_path: Path) -> None:
    def statements(template: dict[str, Any]) -> list[Any]:
        return [
            (statement["Action"], statement["Resource"])
            for policy in resources(template, "AWS::IAM::Policy").values()
            for statement in policy["PolicyDocument"]["Statement"]
            if "UseConnection" in json.dumps(statement)
        ]

    both = ["codeconnections:UseConnection", "codestar-connections:UseConnection"]
    assert statements(pipeline()) == [(both, [CONNECTION, OLD_CONNECTION])]
    assert statements(changed(tmp_path, CONNECTION, OLD_CONNECTION)) == [(both, [CONNECTION, OLD_CONNECTION])]


def test_a_pipeline_without_rollback_stops(tmp_path: Path) -> None:
    said = changed(tmp_path, 'accept = ["retrain"]', 'accept = ["retrain"]\nrollback = false')

    assert "OnFailure" not in of_pipeline(said)["Stages"][-1]


def test_commands_of_a_project_made_by_kit_init(tmp_path: Path) -> None:
    own = 'install = ["pip install -r requirements.txt", "npm ci"]\ncheck = ["pytest"]\nkit = "bedrock-kit"'
    said = changed(tmp_path, 'repository = "example/shop"', f'repository = "example/shop"\n{own}')
    projects = resources(said, "AWS::CodeBuild::Project")
    (deploy,) = (item for name, item in projects.items() if name.startswith("DeploymentPipelineProdDeployProject"))
    phases = json.loads(deploy["Source"]["BuildSpec"])["phases"]

    assert phases["install"]["commands"] == ["pip install -r requirements.txt", "npm ci"]
    assert "{ bedrock-kit deploy --keep-absent" in phases["build"]["commands"][3]


def test_each_command_of_a_build_is_one_that_the_kit_knows() -> None:
    lines = [
        line
        for project in resources(pipeline(), "AWS::CodeBuild::Project").values()
        for line in json.loads(project["Source"]["BuildSpec"])["phases"]["build"]["commands"]
        if KIT in line
    ]
    words = [shlex.split(line[line.index(KIT) + len(KIT) :].split("; }")[0].split(" > ")[0]) for line in lines]

    parsed = [command_line().parse_args([word for word in command if word != "$@"]) for command in words]

    assert len(parsed) == 2 + 2 + 2 * 4  # synth and check; diff, gate, deploy, smoke
    assert {options.prog for options in parsed} == {
        "kit check",
        "kit deploy",
        "kit diff",
        *(f"kit pipeline {action}" for action in ("gate", "smoke", "synth")),
    }
