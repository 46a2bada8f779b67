"""The simulator decides as IAM does on the elements of the kit's policies, and refuses all others."""

from typing import Any

import pytest

from tests.iam.mutations import mutations
from tests.iam.simulator import Request, allowed, trusted

READ = {"Effect": "Allow", "Action": ["s3:Get*", "s3:ListBucket"], "Resource": "arn:aws:s3:::a/*"}


def _ask(action: str, resource: str = "arn:aws:s3:::a/x", **context: str) -> Request:
    return Request(action, resource, {key.replace("_", ":"): value for key, value in context.items()})


def test_nothing_is_allowed_by_default() -> None:
    assert not allowed([], _ask("s3:GetObject"))


def test_actions_are_matched_without_case_and_resources_with() -> None:
    assert allowed([READ], _ask("S3:getobject"))
    assert not allowed([READ], _ask("s3:GetObject", "arn:aws:s3:::A/x"))
    assert not allowed([READ], _ask("s3:PutObject"))


def test_a_deny_wins() -> None:
    deny = {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}

    assert not allowed([READ, deny], _ask("s3:GetObject"))


@pytest.mark.parametrize(
    ("operator", "wanted", "actual", "holds"),
    [
        ("StringEquals", "a", "a", True),
        ("StringEquals", "a*", "ab", False),
        ("StringLike", "a*", "ab", True),
        ("StringLike", "a?", "abc", False),
        ("Bool", "false", "False", True),
        ("ArnLike", "arn:aws:bedrock:*:1:job/*", "arn:aws:bedrock:us-east-1:1:job/x/y", True),
        ("ArnLike", "arn:aws:bedrock:*:job/*", "arn:aws:bedrock:us-east-1:1:job/x", False),
    ],
)
def test_conditions(operator: str, wanted: str, actual: str, holds: bool) -> None:
    statement = {**READ, "Condition": {operator: {"aws:Key": wanted}}}

    assert allowed([statement], _ask("s3:GetObject", aws_Key=actual)) is holds
    assert not allowed([statement], _ask("s3:GetObject"))


@pytest.mark.parametrize(
    "more", [{"NotAction": "s3:*"}, {"NotResource": "*"}, {"Condition": {"StringNotEquals": {"aws:Key": "x"}}}]
)
def test_what_is_not_understood_is_refused(more: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="is not supported"):
        allowed([{**READ, **more}], _ask("s3:GetObject"))


def test_if_exists_holds_without_the_key() -> None:
    statement = {**READ, "Condition": {"StringEqualsIfExists": {"aws:Key": "a"}}}

    assert allowed([statement], _ask("s3:GetObject"))
    assert allowed([statement], _ask("s3:GetObject", aws_Key="a"))
    assert not allowed([statement], _ask("s3:GetObject", aws_Key="b"))


@pytest.mark.parametrize(("keys", "holds"), [(("a",), True), (("a", "b"), True), (("a", "c"), False), ((), True)])
def test_for_all_values_holds_for_a_subset(keys: tuple[str, ...], holds: bool) -> None:
    statement = {**READ, "Condition": {"ForAllValues:StringEquals": {"aws:TagKeys": ["a", "b"]}}}

    assert allowed([statement], Request("s3:GetObject", "arn:aws:s3:::a/x", {"aws:TagKeys": keys})) is holds
    assert allowed([statement], _ask("s3:GetObject"))


def test_a_key_with_several_values_needs_an_operator_for_them() -> None:
    statement = {**READ, "Condition": {"StringEquals": {"aws:TagKeys": "a"}}}

    with pytest.raises(ValueError, match="StringEquals does not fit aws:TagKeys"):
        allowed([statement], Request("s3:GetObject", "arn:aws:s3:::a/x", {"aws:TagKeys": ("a",)}))


def test_a_role_trusts_its_service_only() -> None:
    trust = [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "bedrock.amazonaws.com"}}]

    assert trusted(trust, "bedrock.amazonaws.com", {})
    assert not trusted(trust, "lambda.amazonaws.com", {})


def test_mutations_take_out_each_part_once() -> None:
    condition = {"StringEquals": {"aws:ResourceAccount": "1"}, "StringLike": {"s3:prefix": ["a/*", "b/*"]}}
    statement = {**READ, "Condition": condition}

    taken_out = [what for what, _ in mutations([statement])]

    assert [what.rpartition(": ")[2].removeprefix("statement 0 ") for what in taken_out] == [
        "Allow s3:Get* ...",
        "Action s3:Get*",
        "Action s3:ListBucket",
        "condition StringEquals aws:ResourceAccount",
        "condition StringLike s3:prefix",
        "condition StringLike s3:prefix value a/*",
        "condition StringLike s3:prefix value b/*",
    ]
    assert [{key: value for key, value in statement.items() if key != "Condition"}] == [READ]
