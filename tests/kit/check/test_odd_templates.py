"""The kit's rules take whatever stands in a template: each part of the planted ones is replaced by something odd."""

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from kit.check.rules.catalog import own_findings
from kit.check.template import Template, _suppressed, section
from tests.kit.check.clean import CLEAN
from tests.kit.check.planted import PLANTED

ODD: tuple[Any, ...] = (
    None,
    [],
    {},
    1,
    True,
    "",
    [[]],
    {"Fn::If": ["C", "a", "b"]},
    {"Ref": {"Ref": "x"}},
    {"Fn::GetAtt": [1]},
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from paths(item, (*path, key))


def replaced(template: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    copied = copy.deepcopy(template)
    target: Any = copied
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return copied


@pytest.mark.parametrize("name", ["clean", *PLANTED])
def test_no_rule_fails_on_an_odd_value(name: str) -> None:
    template = CLEAN if name == "clean" else PLANTED[name].template

    for path in list(paths(template))[1:]:
        for value in ODD:
            body = replaced(template, path, value)
            accepted = [rule for _, resource in section(body, "Resources") for rule in _suppressed(resource)]
            assert all(isinstance(rule, str) for rule in accepted)
            list(own_findings([Template(name, "us-east-1", Path("t.json"), body, {})]))
