"""What is deployed and differs from the file: each is seen."""

from datetime import UTC, datetime
from typing import Any

import pytest

from kit_contract.tags import DEPLOYMENT_TAG
from tests.kit.verify.fake_account import FakeAccount, config, found_by, refused, seen

NAME = "support-assistant"
ONE = config(training=None, knowledge_base=None, agents=None, inference_api=None)
STACK = f"{NAME}-model-access"
GONE = refused("ValidationError", "Stack with id x does not exist")
ARN = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl"


def stacks(**statuses: str) -> dict[str, Any]:
    return {
        "Stacks": [
            {
                "StackName": name.replace("_", "-"),
                "StackId": f"arn:{name}",
                "StackStatus": status,
                "CreationTime": datetime(2026, 11, 1, tzinfo=UTC),
                "Tags": [{"Key": DEPLOYMENT_TAG, "Value": NAME}],
            }
            for name, status in statuses.items()
        ]
    }


@pytest.mark.parametrize(
    ("status", "verdict"),
    [
        ("CREATE_COMPLETE", "holds"),
        ("UPDATE_COMPLETE", "holds"),
        ("UPDATE_ROLLBACK_COMPLETE", "does not hold"),
        ("DELETE_FAILED", "does not hold"),
        ("UPDATE_IN_PROGRESS", "cannot tell"),
    ],
)
def test_a_stack_that_is_not_complete_is_seen(status: str, verdict: str) -> None:
    account = FakeAccount(DescribeStacks=stacks(support_assistant_model_access=status))

    assert seen("stacks", account, ONE) == [(STACK, verdict)]


def test_stacks_that_are_missing_or_no_longer_in_the_file_are_seen() -> None:
    account = FakeAccount(DescribeStacks=stacks(support_assistant_budget="CREATE_COMPLETE"))

    assert seen("stacks", account, ONE) == [(STACK, "does not hold"), (f"{NAME}-budget", "does not hold")]


def test_before_the_first_deploy_there_are_no_stacks_to_look_at() -> None:
    assert seen("stacks", FakeAccount(DescribeStacks={"Stacks": []}), ONE) == []


def owned(**tags: str) -> dict[str, Any]:
    found = stacks(support_assistant_model_access="CREATE_COMPLETE")
    found["Stacks"][0]["Tags"] = [{"Key": DEPLOYMENT_TAG, "Value": value} for value in tags.values()]
    return found


@pytest.mark.parametrize(
    ("answer", "verdict"),
    [
        (GONE, "holds"),
        (owned(deployment=NAME), "holds"),
        (owned(deployment="other"), "does not hold"),
        (owned(), "does not hold"),
        (refused("AccessDenied"), "cannot tell"),
    ],
)
def test_a_stack_of_somebody_else_has_the_name(answer: Any, verdict: str) -> None:
    (finding,) = found_by("names", FakeAccount(DescribeStacks=answer), ONE)

    assert finding.verdict.value == verdict


def test_a_throughput_and_a_deployment_of_somebody_else_have_the_name() -> None:
    given = config(provisioned_throughput={"reserve": {"model": "amazon.nova-micro-v1:0:128k"}})
    account = FakeAccount(
        DescribeStacks=GONE,
        GetProvisionedModelThroughput={
            **dict.fromkeys(("modelArn", "desiredModelArn", "foundationModelArn", "provisionedModelArn"), ARN),
            **dict.fromkeys(("modelUnits", "desiredModelUnits"), 1),
            **dict.fromkeys(("creationTime", "lastModifiedTime"), "2026-11-01"),
            "provisionedModelName": f"{NAME}_reserve",
            "status": "InService",
        },
        GetCustomModelDeployment=refused("ResourceNotFoundException"),
        ListTagsForResource={"tags": []},
    )

    found = dict(seen("names", account, given))

    assert found.pop(f"{NAME}-reserve") == "does not hold"
    assert set(found.values()) == {"holds"}


@pytest.mark.parametrize(
    ("listed", "owner", "verdict"),
    [("polite", NAME, "holds"), ("polite", "other", "does not hold"), ("other", "other", "holds")],
)
def test_a_guardrail_of_somebody_else_has_the_name(listed: str, owner: str, verdict: str) -> None:
    given = config(guardrails={"polite": {"profanity": True}})
    arn = "arn:aws:bedrock:us-east-1:111122223333:guardrail/abc123"
    summary = {"id": "abc123", "arn": arn, "status": "READY", "name": f"{NAME}-{listed}", "version": "DRAFT"}
    summary |= dict.fromkeys(("createdAt", "updatedAt"), "2026-11-01")
    account = FakeAccount(
        DescribeStacks=GONE,
        GetCustomModelDeployment=refused("ResourceNotFoundException"),
        ListGuardrails={"guardrails": [summary]},
        ListTagsForResource={"tags": [{"key": DEPLOYMENT_TAG, "value": owner}]},
    )

    assert dict(seen("names", account, given))[f"{NAME}-polite"] == verdict


def knowledge_base(status: str) -> dict[str, Any]:
    members = dict.fromkeys(("name", "knowledgeBaseArn", "roleArn"), "x") | {"knowledgeBaseId": "ABCDEFGHIJ"}
    times = dict.fromkeys(("createdAt", "updatedAt"), "2026-11-01")
    settings: dict[str, Any] = {"knowledgeBaseConfiguration": {"type": "VECTOR"}}
    return {"knowledgeBase": {**members, **times, **settings, "status": status, "failureReasons": ["the role"]}}


@pytest.mark.parametrize(("status", "verdict"), [("ACTIVE", "holds"), ("FAILED", "does not hold")])
def test_a_knowledge_base_that_is_not_active_is_seen(status: str, verdict: str) -> None:
    parameter = {"Parameter": {"Value": "ABCDEFGHIJ"}}
    account = FakeAccount(GetParameter=parameter, GetKnowledgeBase=knowledge_base(status))

    assert seen("knowledge-base", account) == [("ABCDEFGHIJ", verdict)]
    assert seen("knowledge-base", FakeAccount(GetParameter=refused("ParameterNotFound"))) == []


@pytest.mark.parametrize(("store", "verdict"), [({"store": "managed"}, "does not hold"), ({}, "holds")])
def test_an_existing_one_that_is_asked_as_another_type_is_seen(store: dict[str, str], verdict: str) -> None:
    theirs = {"existing": "ABCDEFGHIJ", "model": "amazon.nova-micro-v1:0", **store}
    given = config(knowledge_base=None, agents=None, knowledge_bases={"theirs": theirs})

    assert seen("knowledge-base", FakeAccount(GetKnowledgeBase=knowledge_base("ACTIVE")), given) == [
        ("ABCDEFGHIJ", verdict)
    ]


@pytest.mark.parametrize(
    ("value", "verdict"), [(ARN, "holds"), (ARN.rpartition("/")[2], "cannot tell"), ("other", "cannot tell")]
)
def test_a_metric_under_another_value_is_shown(value: str, verdict: str) -> None:
    throughput = {
        **dict.fromkeys(("modelArn", "desiredModelArn", "foundationModelArn", "provisionedModelArn"), ARN),
        **dict.fromkeys(("modelUnits", "desiredModelUnits"), 1),
        **dict.fromkeys(("creationTime", "lastModifiedTime"), "2026-11-01"),
        "provisionedModelName": "x",
        "status": "InService",
    }
    account = FakeAccount(
        ListProvisionedModelThroughputs={"provisionedModelSummaries": [throughput]},
        ListMetrics={"Metrics": [{"Dimensions": [{"Name": "ModelId", "Value": value}]}]},
    )

    (finding,) = found_by("throughput-metric", account)

    assert (finding.subject, finding.verdict.value) == (ARN, verdict)
    assert ("the metric has abcdefghijkl" in finding.reason) == (value == "abcdefghijkl")
