"""Policies with one element removed. If no verdict changes, the element is not needed or not tested."""

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tests.iam.simulator import Statement, as_list


def mutations(statements: Sequence[Statement]) -> Iterator[tuple[str, list[Statement]]]:
    """(removed element, remaining statements) for each statement, action, resource, condition and value."""
    for index, statement in enumerate(statements):
        if len(statements) > 1 or statement["Effect"] == "Allow":
            yield f"statement {index} {_title(statement)}", [*statements[:index], *statements[index + 1 :]]
        for what, changed in _changed(statement):
            yield (
                f"statement {index} {_title(statement)}: {what}",
                [*statements[:index], changed, *statements[index + 1 :]],
            )


def _changed(statement: Statement) -> Iterator[tuple[str, Statement]]:
    for element in ("Action", "Resource"):
        values = as_list(statement.get(element, []))
        if len(values) > 1:
            for value in values:
                yield f"{element} {value}", {**statement, element: [item for item in values if item != value]}
    for operator, keys in statement.get("Condition", {}).items():
        for key, wanted in keys.items():
            yield f"condition {operator} {key}", _without_condition(statement, operator, key)
            values = as_list(wanted)
            if len(values) > 1:
                for value in values:
                    changed = copy.deepcopy(dict(statement))
                    changed["Condition"][operator][key] = [item for item in values if item != value]
                    yield f"condition {operator} {key} value {value}", changed


def _without_condition(statement: Statement, operator: str, key: str) -> Statement:
    changed: dict[str, Any] = copy.deepcopy(dict(statement))
    keys: Mapping[str, Any] = changed["Condition"][operator]
    changed["Condition"][operator] = {name: value for name, value in keys.items() if name != key}
    return changed


def _title(statement: Statement) -> str:
    actions = as_list(statement["Action"])
    return f"{statement['Effect']} {actions[0]}{' ...' if len(actions) > 1 else ''}"
