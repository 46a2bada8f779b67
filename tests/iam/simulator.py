"""Decides as IAM does whether statements allow a request: default deny, an explicit deny wins. Pure.

Supports the elements that the kit's policies use and raises ValueError for any other.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any

Statement = Mapping[str, Any]
FOR_ALL, IF_EXISTS = "ForAllValues:", "IfExists"
ELEMENTS = {"Sid", "Effect", "Action", "Resource", "Condition", "Principal"}


@dataclass(frozen=True)
class Request:
    """One request: `context` holds condition keys with the values that AWS would set."""

    action: str
    resource: str
    context: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


def allowed(statements: Sequence[Statement], request: Request) -> bool:
    """Whether the identity policies allow `request`. Raises ValueError for an unsupported element."""
    effects = {statement["Effect"] for statement in statements if _applies(statement, request)}
    return effects == {"Allow"}


def trusted(statements: Sequence[Statement], principal: str, context: Mapping[str, str | tuple[str, ...]]) -> bool:
    """Whether a role's trust policy lets the service `principal` assume it."""
    matching = [item for item in statements if principal in as_list(item.get("Principal", {}).get("Service", []))]
    return allowed([{**item, "Resource": "*"} for item in matching], Request("sts:AssumeRole", "*", context))


def as_list(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _applies(statement: Statement, request: Request) -> bool:
    if unknown := set(statement) - ELEMENTS:
        raise ValueError(f"policy element {sorted(unknown)} is not supported; add it to ELEMENTS")
    return (
        _named(tuple(as_list(statement["Action"])), request.action)
        and any(_like(pattern, request.resource) for pattern in as_list(statement["Resource"]))
        and all(
            _holds(operator, key, as_list(wanted), request.context)
            for operator, keys in statement.get("Condition", {}).items()
            for key, wanted in keys.items()
        )
    )


def _holds(operator: str, key: str, wanted: Sequence[Any], context: Mapping[str, str | tuple[str, ...]]) -> bool:
    name = operator.removeprefix(FOR_ALL).removesuffix(IF_EXISTS)
    compare = OPERATORS.get(name)
    if compare is None:
        raise ValueError(f"condition operator {operator} is not supported; allowed: {', '.join(OPERATORS)}")
    actual = {name.lower(): value for name, value in context.items()}.get(key.lower())
    if actual is None:
        return operator != name  # both prefix and suffix hold for an absent key
    if isinstance(actual, tuple) is not operator.startswith(FOR_ALL):
        raise ValueError(
            f"{operator} does not fit {key}: a key with several values needs {FOR_ALL}, another one does not"
        )
    return all(any(compare(str(value), one) for value in wanted) for one in as_list(actual))


@lru_cache(maxsize=100_000)
def _named(patterns: tuple[str, ...], action: str) -> bool:
    return any(_like(pattern.lower(), action.lower()) for pattern in patterns)


def _like(pattern: str, value: str) -> bool:
    return _regex(pattern).fullmatch(value) is not None


@cache
def _regex(pattern: str) -> re.Pattern[str]:
    return re.compile(re.escape(pattern).replace(r"\*", ".*").replace(r"\?", "."), re.DOTALL)


def _arn_like(pattern: str, value: str) -> bool:
    """Each of an ARN's six parts is matched by itself: a * does not reach over a colon of the first five."""
    patterns, values = pattern.split(":", 5), value.split(":", 5)
    return len(patterns) == len(values) and all(map(_like, patterns, values))


OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, actual: wanted == actual,
    "StringLike": _like,
    "ArnLike": _arn_like,
    "ArnEquals": _arn_like,
    "Bool": lambda wanted, actual: wanted.lower() == actual.lower(),
}
