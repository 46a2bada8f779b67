"""Signed requests: the method, the callers of other accounts, grants by alias, and what stays as it is without them."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from aws_cdk import aws_iam as iam
from aws_cdk.assertions import Template

from bedrock_constructs.inference_api.api import InferenceApi
from deployment.checks.inference_api import MAX_CHARACTERS, _characters
from tests.bedrock_constructs.inference_api.api_stack import MICRO, synthesize
from tests.bedrock_constructs.inference_api.test_cors import methods
from tests.iam.simulator import Request, allowed

OWN, OTHER = "111122223333", "444455556666"
ROLE = f"arn:aws:iam::{OTHER}:role/team/reporting"
API = f"arn:aws:execute-api:us-east-1:{OWN}:api-id/prod"
SHORT = "execute-api:/prod"
Use = Callable[[InferenceApi], object]


def synthesized(callers: tuple[str, ...] | None = (), use: Use = lambda api: None, **more: Any) -> Template:
    return synthesize(knowledge_bases={}, model=MICRO, iam_callers=callers, use=use, **more)


def resource_policy(template: Template) -> list[dict[str, Any]]:
    (api,) = template.find_resources("AWS::ApiGateway::RestApi").values()
    statements: list[dict[str, Any]] = api["Properties"].get("Policy", {}).get("Statement", [])
    return statements


@cache
def policy_for(callers: tuple[str, ...]) -> list[dict[str, Any]]:
    return resource_policy(synthesized(callers))


def may(statements: Sequence[dict[str, Any]], caller: str, resource: str) -> bool:
    """Whether the resource policy lets `caller` (an ARN or "anyone") call `resource`."""
    account = caller.split(":")[4] if caller != "anyone" else ""
    mine = [
        item
        for item in statements
        if item["Principal"] in ("*", {"AWS": "*"}) or f"::{account}:" in str(item["Principal"])
    ]
    return allowed(
        [_plain(item) for item in mine], Request("execute-api:Invoke", resource, {"aws:PrincipalArn": caller})
    )


def _plain(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != "Principal"}


def test_it_is_off_by_default_and_then_changes_nothing() -> None:
    template = synthesized(None)

    assert methods(template, "POST") == []
    assert resource_policy(template) == []
    assert "userArn" not in json.dumps(template.to_json())
    assert "messageString" not in json.dumps(template.to_json())


def test_the_method_wants_a_signature_and_no_key() -> None:
    template = synthesized(cors_origins=("https://app.example.com",))

    (method,) = methods(template, "POST")
    assert (method["AuthorizationType"], method.get("ApiKeyRequired", False)) == ("AWS_IAM", False)
    assert method["Integration"]["ResponseTransferMode"] == "STREAM"
    parts = {item["Properties"]["PathPart"] for item in template.find_resources("AWS::ApiGateway::Resource").values()}
    assert {"iam", "{alias}", "{operation}"} <= parts
    assert method["ResourceId"] in [item["ResourceId"] for item in methods(template, "OPTIONS")]
    (stage,) = template.find_resources("AWS::ApiGateway::Stage").values()
    assert '"userArn":"$context.identity.userArn"' in stage["Properties"]["AccessLogSetting"]["Format"]


def test_without_callers_the_resource_policy_replaces_that_of_before() -> None:
    (statement,) = policy_for(())

    assert statement["Sid"] == "PublicMethods"


@pytest.mark.parametrize(
    ("caller", "callers", "answer"),
    [
        (ROLE, (), False),
        (ROLE, (OTHER,), True),
        (ROLE, (ROLE,), True),
        (f"arn:aws:iam::{OTHER}:role/other", (ROLE,), False),
        ("arn:aws:iam::777788889999:role/team/reporting", (ROLE,), False),
        ("arn:aws:iam::777788889999:role/x", (OTHER, ROLE), False),
        ("anyone", (OTHER, ROLE), False),
    ],
)
def test_other_accounts_call_only_if_they_are_named(caller: str, callers: tuple[str, ...], answer: bool) -> None:
    policy = policy_for(callers)

    assert may(policy, caller, f"{SHORT}/POST/iam/model/support-bot/converse") is answer
    assert not may(policy, caller, f"{SHORT}/POST/v1/chat/completions")


def test_public_paths_stay_public_with_a_resource_policy() -> None:
    policy = policy_for(())

    answers = [may(policy, "anyone", f"{SHORT}/{path}") for path in ("GET/health", "GET/openapi.json", "OPTIONS/v1/x")]
    assert answers == [True, True, True]
    assert not may(policy, "anyone", f"{SHORT}/GET/v1/models")


def test_the_callers_that_the_check_lets_pass_fit_into_the_resource_policy() -> None:
    accounts = [f"{number:012}" for number in range(100)]
    arns = [f"arn:aws:iam::{number:012}:role/{'r' * 50}" for number in range(100, 130)]
    callers = tuple(accounts + arns)

    text = json.dumps(
        {"Version": "2012-10-17", "Statement": resource_policy(synthesized(callers))}, separators=(",", ":")
    )

    expanded = text.replace(SHORT, API.replace("api-id", "abcdefghij"))
    assert len(expanded) - _characters(callers, "aws") < 8_192 - MAX_CHARACTERS


@pytest.mark.parametrize(
    ("aliases", "callable_aliases"), [(None, {"support-bot", "assistant"}), (["assistant"], {"assistant"})]
)
def test_a_grant_reaches_the_aliases_that_it_names(aliases: list[str] | None, callable_aliases: set[str]) -> None:
    def use(api: InferenceApi) -> None:
        role = iam.Role(api, "Caller", assumed_by=iam.AccountRootPrincipal())
        api.grant_invoke(role, aliases=aliases)

    template = synthesized((), use)

    policies = template.find_resources("AWS::IAM::Policy")
    found = [
        item["Properties"]["PolicyDocument"]["Statement"] for name, item in policies.items() if "CallerDefault" in name
    ]
    statements = [{**item, "Resource": _resolved(item["Resource"])} for group in found for item in group]
    for alias in ("support-bot", "assistant", "support-bot-2"):
        for path, right in ((f"POST/iam/model/{alias}/converse", True), (f"POST/model/{alias}/converse", False)):
            request = Request("execute-api:Invoke", f"{API}/{path}")
            wanted = right and (alias in callable_aliases or aliases is None)
            assert allowed(statements, request) is wanted, path
    assert resource_policy(template) == policy_for(())


def test_a_grant_to_another_account_is_in_the_resource_policy() -> None:
    def use(api: InferenceApi) -> None:
        api.grant_invoke(iam.ArnPrincipal(ROLE), aliases=["assistant"])
        api.grant_invoke(iam.AccountPrincipal("777788889999"), aliases=["support-bot"])

    policy = resource_policy(synthesized((), use))

    assert may(policy, ROLE, f"{SHORT}/POST/iam/model/assistant/converse")
    assert not may(policy, ROLE, f"{SHORT}/POST/iam/model/support-bot/converse")
    assert may(policy, "anyone", f"{SHORT}/GET/health")
    assert len(policy) == 3


@pytest.mark.parametrize(
    ("callers", "aliases", "said"),
    [
        (None, None, "must take signed requests"),
        ((), [], "aliases must name at least one"),
        ((), ["support-bto"], "aliases must be among support-bot, assistant, got support-bto"),
    ],
)
def test_a_grant_of_what_is_not_there_is_refused(callers: Any, aliases: Any, said: str) -> None:
    def use(api: InferenceApi) -> None:
        api.grant_invoke(iam.AccountPrincipal(OTHER), aliases=aliases)

    with pytest.raises(ValueError, match=said):
        synthesized(callers, use)


def test_gateway_responses_say_what_aws_says_of_a_signature() -> None:
    found = synthesized().find_resources("AWS::ApiGateway::GatewayResponse").values()

    for item in found:
        template = item["Properties"]["ResponseTemplates"]["application/json"]
        body = json.loads(template.replace("$context.error.messageString", json.dumps('a "quoted"\nline')))
        said = 'a "quoted"\nline'
        of_aws = item["Properties"]["ResponseType"] in (
            "ACCESS_DENIED",
            "INVALID_SIGNATURE",
            "EXPIRED_TOKEN",
            "DEFAULT_4XX",
        )
        assert (body["message"] == body["error"]["message"] == said) is of_aws


@pytest.mark.parametrize("callers", [None, ()])
def test_the_zip_has_the_description_with_signed_paths_if_there_are_any(tmp_path: Path, callers: Any) -> None:
    synthesized(callers, assembly=tmp_path)

    archives = [ZipFile(path) for path in tmp_path.rglob("*.zip")]
    (content,) = [archive.read("openapi.json") for archive in archives if "openapi.json" in archive.namelist()]
    description = json.loads(content)
    signed = {path: item for path, item in description["paths"].items() if path.startswith("/iam/")}
    assert len(signed) == (0 if callers is None else 4)
    for item in signed.values():
        assert item["post"]["security"] == [{"sigv4": []}]
        assert "401" not in item["post"]["responses"]
    operations = [operation["operationId"] for item in description["paths"].values() for operation in item.values()]
    assert len(set(operations)) == len(operations)


def _resolved(value: Any) -> Any:
    if isinstance(value, list):
        return [_resolved(item) for item in value]
    if isinstance(value, dict):
        _, parts = value["Fn::Join"]
        return "".join(part if isinstance(part, str) else "api-id" for part in parts)
    return value
