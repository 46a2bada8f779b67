"""No role reaches the parameters and objects of another deployment, though its rights name all items of its own."""

import pytest

from kit_contract import parameters
from tests.iam.cases import REGION, arn, on
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, allowed
from tests.synthesized import synthesized

OTHERS = ("other", "iam2", "iam-2", "my-iam")
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
