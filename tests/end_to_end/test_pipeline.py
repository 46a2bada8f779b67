"""A pipeline's life on the embedded AWS: pull request, merge, approval, a failure at each stage, a rollback.

The shell that runs is that of the workflows which `kit pipeline workflows github` writes.
"""

import aws_cdk as cdk
import pytest
from aws_cdk import assertions

from bedrock_constructs.pipelines.access import PipelineAccess
from bedrock_constructs.pipelines.trust import GitHubRepository
from tests.end_to_end.scenarios import pipeline
from tests.end_to_end.scenarios.pipeline import Seen
from tests.pipelines.runner import FAILURE, SKIPPED, SUCCESS, WAITING, Job

pytestmark = pytest.mark.end_to_end
DEV, PROD = "walk-dev-inference-api", {"walk-prod-inference-api", "walk-prod-operations"}
# Names of operations whose action in IAM is another, and of services whose prefix is.
ACTIONS = {"s3:ListObjectsV2": "s3:ListBucket", "apigateway:GetAccount": "apigateway:GET"}
ALWAYS = "sts:GetCallerIdentity"  # https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html


def results(run: dict[str, Job]) -> dict[str, str]:
    return {name: job.result for name, job in run.items()}


@pytest.mark.step(pipeline, "pull request")
def test_a_pull_request_says_in_one_comment_what_it_does_and_costs(seen: Seen) -> None:
    first, again, fork = seen.runs
    (comment,) = seen.github["comment"]

    assert results(first) == {"check": SUCCESS, "diff": SUCCESS, "comment": SUCCESS}, first
    assert first["diff"].roles == ["walk-dev-github-diff", "walk-prod-github-diff"]
    assert results(again) == results(first), again
    assert comment["changes"] == 1
    assert comment["path"] == "repos/octo-org/octo-repo/issues/7/comments"
    assert "`walk-dev`" in comment["body"]
    assert "| buy | walk-prod-reserve |" in comment["body"]
    assert "USD an hour" in comment["body"]
    assert results(fork) == {"check": SUCCESS, "diff": SKIPPED, "comment": SKIPPED}
    assert seen.stacks == {}


@pytest.mark.step(pipeline, "refused before the deploy")
def test_a_failed_check_or_test_deploys_nothing(seen: Seen) -> None:
    invalid, untested = seen.runs

    assert results(invalid) == results(untested) == {"check": FAILURE, "deploy": SKIPPED}
    assert invalid["check"].failed.startswith("check: ")
    assert "must be an AWS Region such as us-east-1, got 'mars'" in invalid["check"].output
    assert untested["check"].failed.startswith("tests: ")
    assert seen.stacks == {}


@pytest.mark.step(pipeline, "merge")
def test_what_is_merged_is_deployed_to_dev_and_answers(seen: Seen) -> None:
    (run,) = seen.runs

    assert results(run) == {"check": SUCCESS, "deploy": SUCCESS}, run
    assert run["deploy"].ran == ["install", "deploy", "smoke questions"]
    assert "answered   alias bot" in run["deploy"].output
    assert seen.stacks == {DEV: "CREATE_COMPLETE"}


@pytest.mark.step(pipeline, "refused purchase")
def test_a_tag_waits_for_its_approval_and_buys_nothing_that_nobody_accepted(seen: Seen) -> None:
    waiting, approved, branch = seen.runs

    assert results(waiting) == {"check": SUCCESS, "deploy": WAITING}
    assert results(approved) == {"check": SUCCESS, "deploy": FAILURE}
    assert approved["deploy"].failed == "deploy: exit code 3"
    assert "it needs consent to buy" in approved["deploy"].output
    assert set(seen.stacks) == {DEV}
    assert results(branch) == {"check": SUCCESS, "deploy": FAILURE}
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in branch["deploy"].failed


@pytest.mark.step(pipeline, "failed deploy")
def test_a_deploy_that_fails_is_rolled_back_and_asks_nothing(seen: Seen) -> None:
    deploy, nightly = seen.runs

    assert results(deploy) == {"check": SUCCESS, "deploy": FAILURE}
    assert deploy["deploy"].failed.startswith("deploy: ")
    assert deploy["deploy"].ran == ["install", "deploy"]
    assert seen.stacks == {DEV: "CREATE_COMPLETE", "walk-prod-inference-api": "ROLLBACK_COMPLETE"}
    assert results(nightly) == {"drift": SUCCESS, "issue": SUCCESS}, nightly
    (issue,) = seen.github["issue"]
    assert issue["state"] == "open"
    assert "walk-prod-operations: it is not deployed" in issue["body"]


@pytest.mark.step(pipeline, "approved")
def test_prod_is_deployed_after_the_cause_was_removed_and_the_issue_is_closed(seen: Seen) -> None:
    deploy, nightly = seen.runs

    assert results(deploy) == {"check": SUCCESS, "deploy": SUCCESS}, deploy
    assert "answered   alias bot" in deploy["deploy"].output
    assert {name for name, status in seen.stacks.items() if status == "CREATE_COMPLETE"} == {DEV, *PROD}
    assert results(nightly) == {"drift": SUCCESS, "issue": SUCCESS}, nightly
    (issue,) = seen.github["issue"]
    assert issue["state"] == "closed"


@pytest.mark.step(pipeline, "approved")
def test_every_call_of_a_job_is_allowed_to_its_role(seen: Seen) -> None:
    """A job that only looks may not assume the deploy role: what it calls with it here, it calls as itself on AWS."""
    allowed = allowed_actions()
    called: dict[str, set[str]] = {}
    for line in seen.calls:
        *role, whose, service, operation = line.split(" ")
        kind = "".join(role).rpartition("-")[2]
        action = ACTIONS.get(f"{service}:{operation}", f"{service}:{operation}")
        if role != [""] and action != ALWAYS and (whose == "own" or kind != "deploy"):
            called.setdefault(kind, set()).add(action)

    assert called.keys() == {"diff", "drift", "deploy"}
    assert called["deploy"] <= allowed["deploy"]
    for kind in ("diff", "drift"):
        assert called[kind] - allowed[kind] <= {"sts:AssumeRole"}


def allowed_actions() -> dict[str, set[str]]:
    """Which resources and conditions they have, tests/iam/test_pipeline_access.py says."""
    stack = cdk.Stack(cdk.App(), "walk-pipeline-access")
    trust = GitHubRepository("octo-org/octo-repo", "789012", "123456").trust("pull_request")
    access = PipelineAccess(
        stack, "GitHub", kit_deployment="walk", system="github", diff=trust, drift=trust, deploy=trust
    )
    policies = assertions.Template.from_stack(stack).find_resources("AWS::IAM::Policy").values()
    found: dict[str, set[str]] = {}
    for kind, role in access.roles.items():
        (policy,) = [item for item in policies if item["Properties"]["Roles"] == [stack.resolve(role.role_name)]]
        statements = policy["Properties"]["PolicyDocument"]["Statement"]
        actions = [item["Action"] if isinstance(item["Action"], list) else [item["Action"]] for item in statements]
        found[kind] = {action for several in actions for action in several}
    return found
