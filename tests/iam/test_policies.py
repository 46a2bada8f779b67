"""Every role of the kit may do what its code does and nothing beside it, and nothing in its policies is idle.

Sufficient: each allowed request passes. Necessary: each statement, action, resource and condition, taken out, changes
the verdict on at least one request. Roles that the CDK makes for itself are listed with the reason.
"""

import pytest

from tests.iam.cases import OTHER_ACCOUNT, REGION, Cases, on, stream_of
from tests.iam.cases_capacity import CAPACITY_ROLES
from tests.iam.cases_custom_resources import CUSTOM_RESOURCES
from tests.iam.cases_inference_api import INFERENCE_API
from tests.iam.cases_knowledge_base import KNOWLEDGE_BASES
from tests.iam.cases_training import TRAINING
from tests.iam.mutations import mutations
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Request, Statement, allowed, trusted
from tests.synthesized import ACCOUNT, synthesized

ROLES: dict[str, Cases] = {**TRAINING, **KNOWLEDGE_BASES, **INFERENCE_API, **CUSTOM_RESOURCES, **CAPACITY_ROLES}
NOT_OURS = {
    "inference-api/InferenceApiRestApiCloudWatchRole": "API Gateway's, with AWS's managed policy for its log groups",
}
LOG_ACTIONS = ("logs:CreateLogStream", "logs:PutLogEvents")


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return roles_of(synthesized("tests/iam/deployment.toml"), region=REGION)


def _allowed(cases: Cases) -> list[Request]:
    logs = on(stream_of(cases.logs), *LOG_ACTIONS) if cases.logs else []
    return [*cases.allowed, *logs]


def _denied(cases: Cases) -> list[Request]:
    return [*cases.denied, *on(stream_of("somebody-elses-logs"), *LOG_ACTIONS)]


def _verdicts(statements: list[Statement], cases: Cases) -> list[bool]:
    return [allowed(statements, request) for request in (*_allowed(cases), *_denied(cases))]


def test_every_role_has_cases(roles: dict[str, Role]) -> None:
    assert set(roles) == set(ROLES) | set(NOT_OURS)


@pytest.mark.parametrize("name", ROLES)
def test_a_role_may_do_what_it_must(roles: dict[str, Role], name: str) -> None:
    refused = [request for request in _allowed(ROLES[name]) if not allowed(roles[name].statements, request)]

    assert refused == []


@pytest.mark.parametrize("name", ROLES)
def test_a_role_may_not_do_what_its_neighbours_do(roles: dict[str, Role], name: str) -> None:
    passed = [request for request in _denied(ROLES[name]) if allowed(roles[name].statements, request)]

    assert passed == []


@pytest.mark.parametrize("name", ROLES)
def test_nothing_in_a_policy_is_idle(roles: dict[str, Role], name: str) -> None:
    cases, statements = ROLES[name], roles[name].statements
    verdicts = _verdicts(statements, cases)

    idle = [what for what, changed in mutations(statements) if _verdicts(changed, cases) == verdicts]

    assert idle == []
    assert roles[name].managed == ()


@pytest.mark.parametrize("name", ROLES)
def test_only_its_service_assumes_a_role(roles: dict[str, Role], name: str) -> None:
    cases, trust = ROLES[name], roles[name].trust
    context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": cases.source or ""}

    assert trusted(trust, cases.service, context)
    assert not trusted(trust, "ec2.amazonaws.com", context)
    if cases.source:
        foreign = cases.source.replace(ACCOUNT, OTHER_ACCOUNT)
        assert not trusted(trust, cases.service, {**context, "aws:SourceAccount": OTHER_ACCOUNT})
        assert not trusted(trust, cases.service, {**context, "aws:SourceArn": foreign})
        assert not trusted(trust, cases.service, {})


def test_every_role_that_bedrock_assumes_names_the_account_and_the_caller(roles: dict[str, Role]) -> None:
    checked = 0
    for name, role in roles.items():
        for statement in role.trust:
            if "bedrock.amazonaws.com" in str(statement["Principal"]):
                keys = {key for operator in statement["Condition"].values() for key in operator}
                assert keys >= {"aws:SourceAccount", "aws:SourceArn"}, name
                checked += 1
    assert checked >= 2
