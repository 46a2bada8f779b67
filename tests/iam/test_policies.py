"""Every role of the kit grants what its code needs and nothing else.

Sufficient: each allowed request passes. Necessary: without a statement, action, resource or condition, the verdict on
at least one request changes. Roles that the CDK creates for itself are listed with the reason.
"""

import pytest

from tests.iam.cases import OTHER_ACCOUNT, REGION, Cases
from tests.iam.mutations import mutations
from tests.iam.role_cases import CDK_ROLES, ROLES, allowed_requests, denied_requests
from tests.iam.roles import Role, roles_of
from tests.iam.simulator import Statement, allowed, trusted
from tests.synthesized import ACCOUNT, synthesized


@pytest.fixture(scope="module")
def roles() -> dict[str, Role]:
    return roles_of(synthesized("tests/iam/deployment.toml"), region=REGION)


def _verdicts(statements: list[Statement], cases: Cases) -> list[bool]:
    return [allowed(statements, request) for request in (*allowed_requests(cases), *denied_requests(cases))]


def test_every_role_has_cases(roles: dict[str, Role]) -> None:
    assert set(roles) == set(ROLES) | set(CDK_ROLES)


@pytest.mark.parametrize("name", ROLES)
def test_a_role_allows_what_its_code_needs(roles: dict[str, Role], name: str) -> None:
    refused = [request for request in allowed_requests(ROLES[name]) if not allowed(roles[name].statements, request)]

    assert refused == []


@pytest.mark.parametrize("name", ROLES)
def test_a_role_denies_what_its_neighbours_need(roles: dict[str, Role], name: str) -> None:
    passed = [request for request in denied_requests(ROLES[name]) if allowed(roles[name].statements, request)]

    assert passed == []


@pytest.mark.parametrize("name", ROLES)
def test_everything_in_a_policy_is_needed(roles: dict[str, Role], name: str) -> None:
    cases, statements = ROLES[name], roles[name].statements
    verdicts = _verdicts(statements, cases)

    unneeded = [what for what, changed in mutations(statements) if _verdicts(changed, cases) == verdicts]

    assert unneeded == []
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


def test_the_runtime_of_a_harness_assumes_its_role_too(roles: dict[str, Role]) -> None:
    runtime = f"arn:aws:bedrock-agentcore:{REGION}:{ACCOUNT}:runtime/harness_iam__support-abcdefghij"
    context = {"aws:SourceAccount": ACCOUNT, "aws:SourceArn": runtime}

    assert trusted(roles["agents/AgentSupportAgentRole"].trust, "bedrock-agentcore.amazonaws.com", context)
    assert not trusted(roles["agents/AgentSupportGatewayRole"].trust, "bedrock-agentcore.amazonaws.com", context)
