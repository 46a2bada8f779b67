"""No role reaches what another deployment in the same account has, though its rights name all items of its own."""

import pytest

from kit.check.rules.service_reference import resource_formats
from kit_contract import parameters
from tests.iam.cases import REGION, arn, on
from tests.iam.other_deployment import EXCEPTIONS, WITHOUT_ARN, reached, requests_for
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, allowed, as_list
from tests.synthesized import synthesized

# What EXCEPTIONS explains, by deployment.
OPEN = {
    "iam": {"bedrock:GetModelCopyJob", "bedrock:ListTagsForResource"},
    "by-arn": {"bedrock:GetCustomModel"},
    "encrypted": {"bedrock:ListTagsForResource"},
}
OTHERS = ("other", "iam2", "iam-2", "my-iam")
CONFIGS = {
    "iam": "tests/iam/deployment.toml",
    "by-arn": "tests/iam/by_arn.toml",
    "encrypted": "tests/iam/encrypted.toml",
}
NAMED = (
    parameters.alias_serving,
    parameters.alias_capacity,
    parameters.customization_specification,
    parameters.customization_promoted,
    parameters.throughput_settings,
    parameters.throughput_ledger,
    parameters.knowledge_base_id,
    parameters.last_ingestion,
)
SSM = [
    f"ssm:{verb}" for verb in ("GetParameter", "GetParameters", "PutParameter", "DeleteParameter", "DeleteParameters")
]
S3 = [f"s3:{verb}Object" for verb in ("Get", "Put", "Delete")]


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return roles_of(synthesized("tests/iam/deployment.toml"), region=REGION)


@pytest.mark.parametrize("other", OTHERS)
def test_no_role_reaches_a_parameter_of_another_deployment(roles: dict[str, Role], other: str) -> None:
    requests = [request for name in NAMED for request in on(arn("ssm", f"parameter{name(other, 'support')}"), *SSM)]

    assert _reached(roles, requests) == []


@pytest.mark.parametrize("other", OTHERS)
def test_no_role_reaches_an_object_of_another_deployment(roles: dict[str, Role], other: str) -> None:
    bucket = f"arn:aws:s3:::{other}-training-trainingdatabucket"
    keys = ("data/support/records.jsonl", "output/support/a", "runs/support/a", ".bedrock-kit/a")

    assert _reached(roles, [request for key in keys for request in on(f"{bucket}/{key}", *S3)]) == []


def _roles(deployment: str) -> dict[str, Role]:
    return roles_of(synthesized(CONFIGS[deployment]), region=REGION)


@pytest.mark.parametrize(
    ("deployment", "other"),
    [*(("iam", other) for other in OTHERS), ("by-arn", "by-arn-2"), ("encrypted", "other")],
)
def test_no_role_reaches_a_resource_of_another_deployment(deployment: str, other: str) -> None:
    """Changed, deleted, created over or read: every action that AWS has for the kind of resource."""
    roles = _roles(deployment)
    requests = list(requests_for(other, roles, deployment))

    found = {request.action for request in requests if reached(roles, request)}

    assert found == OPEN[deployment]
    assert len({request.resource for request in requests}) > 10


def test_each_kind_of_resource_is_asked_for() -> None:
    asked = {
        (request.action, request.resource.split(":", 5)[5].partition("/")[0])
        for request in requests_for("other", _roles("iam"), "iam")
    }

    assert asked >= {
        ("bedrock:DeleteProvisionedModelThroughput", "provisioned-model"),
        ("bedrock:CreateProvisionedModelThroughput", "custom-model"),
        ("bedrock:UpdateCustomModelDeployment", "custom-model-deployment"),
        ("bedrock:DeleteCustomModel", "custom-model"),
        ("bedrock:StopModelCustomizationJob", "model-customization-job"),
        ("bedrock:TagResource", "model-customization-job"),
        ("bedrock:Retrieve", "knowledge-base"),
        ("ssm:PutParameter", "parameter"),
        ("s3:DeleteObject", "other-training-trainingdatabucket"),
        ("s3:ListBucket", "other-training-trainingdatabucket"),
    }


def test_every_exception_is_one() -> None:
    assert set(EXCEPTIONS) == set().union(*OPEN.values())


def test_every_action_on_all_resources_takes_no_arn() -> None:
    granted = {
        action
        for name in CONFIGS
        for role in _roles(name).values()
        for item in role.statements
        if "*" in as_list(item["Resource"])
        for action in as_list(item["Action"])
    }

    assert granted == set(WITHOUT_ARN)
    # The reference has an optional resource type for the one, and the models that are evaluated for the other.
    assert {action for action in granted if resource_formats(action)} == {
        "servicequotas:GetServiceQuota",
        "bedrock:CreateEvaluationJob",
    }


def test_each_item_of_this_deployment_is_reached(roles: dict[str, Role]) -> None:
    """Also one that is removed, or that comes with the next deploy."""
    provider = "provisioned-throughput/CustomResourceProviderFunctionRole"
    reached = {
        "training/WorkflowPromotionRole": on(
            arn("ssm", f"parameter{parameters.alias_serving('iam', 'new')}"), "ssm:PutParameter"
        ),
        provider: on(
            arn("ssm", f"parameter{parameters.throughput_ledger('iam', 'removed')}"), "ssm:PutParameter", SSM[3]
        ),
        "training/CustomResourceProviderFunctionRole": on(
            "arn:aws:s3:::iam-training-trainingdatabucket/data/removed/a.jsonl", *S3
        ),
    }

    for role, requests in reached.items():
        assert [request for request in requests if not allowed(roles[role].statements, request)] == [], role


def _reached(roles: dict[str, Role], requests: list[Request]) -> list[str]:
    return [
        f"{name}: {request}"
        for name, role in roles.items()
        for request in requests
        if allowed(role.statements, request)
    ]
