"""Checks of arguments when a construct is made: a wrong one fails at synthesis, not in the middle of a deploy.

All raise ValueError with the argument's name, what it was given and what is allowed. What only the deploy knows, a
token, passes.
"""

import math
import re
from collections.abc import Collection, Mapping
from types import UnionType
from typing import TypeGuard

import aws_cdk as cdk

NAME, NAME_IN_WORDS = r"[a-z0-9][a-z0-9-]*", "lowercase letters, digits and hyphens, with no hyphen first"
BEDROCK_NAME = r"(?!.{64})([0-9a-zA-Z][_-]?)+"
BEDROCK_NAME_IN_WORDS = "1 to 63 letters and digits, each followed by one - or _ at most, which count, too"
ALIAS, ALIAS_IN_WORDS = r"[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}", "1 to 63 letters, digits and . _ -"
ADDRESS = r"[^@\s]+@[^@\s]+\.[^@\s]+"
KMS_KEY_ARN = r"arn:[^:]+:kms:[^:]+:[0-9]{12}:key/[a-zA-Z0-9-]+"


def check_whole(name: str, value: object, low: int, high: int | None = None) -> None:
    if not isinstance(value, int) or isinstance(value, bool):
        _unless_token(name, value, f"a whole number {_bounds(low, high)}")
    else:
        check_number(name, value, low, high, kind="a whole number")


def check_number(name: str, value: object, low: float, high: float | None = None, *, kind: str = "a number") -> None:
    if not _is_number(value) or not low <= value <= (math.inf if high is None else high):
        _unless_token(name, value, f"{kind} {_bounds(low, high)}")


def check_positive(name: str, value: object) -> None:
    if not _is_number(value) or value <= 0:
        _unless_token(name, value, "a number above 0")


def check_text(name: str, value: object, pattern: str, words: str) -> None:
    if not isinstance(value, str) or not re.fullmatch(pattern, value):
        _unless_token(name, value, words)


def check_one_of(name: str, value: object, allowed: Collection[object]) -> None:
    if value not in allowed:
        _unless_token(name, value, f"one of {', '.join(map(repr, allowed))}")


def check_each(name: str, values: object, pattern: str, words: str) -> None:
    """A list of texts; one text would be taken for a list of its letters."""
    if isinstance(values, str) or not isinstance(values, Collection):
        _unless_token(name, values, f"a list, each {words}")
    elif not _is_token(values):
        for value in values:
            check_text(f"each of {name}", value, pattern, words)


def check_dict(name: str, value: object, kind: type | UnionType, words: str) -> None:
    if not isinstance(value, Mapping) or not all(isinstance(item, kind) for item in value.values()):
        _unless_token(name, value, f"a dict of {words}")


def check_kind(name: str, value: object, kind: type | UnionType, words: str) -> None:
    if not isinstance(value, kind):
        _unless_token(name, value, words)


def check_construct(name: str, value: object, words: str) -> None:
    """An object of the CDK, where its name or ARN is easily given in its place."""
    if value is not None and not hasattr(value, "node"):
        raise ValueError(f"{name} must be {words}, got {value!r}; change it")


def _is_number(value: object) -> TypeGuard[float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _bounds(low: float, high: float | None) -> str:
    return f"from {low:,} on" if high is None else f"from {low:,} to {high:,}"


def _unless_token(name: str, value: object, words: str) -> None:
    if not _is_token(value):
        raise ValueError(f"{name} must be {words}, got {value!r}; change it")


def _is_token(value: object) -> bool:
    if isinstance(value, float) and not math.isfinite(value):
        return False  # the CDK's process ends when it gets one
    return isinstance(value, str | int | float | list) and cdk.Token.is_unresolved(value)
