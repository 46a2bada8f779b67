"""The Amazon States Language as far as the training workflow goes: choices, paths, parameters, intrinsics."""

import re
from typing import Any

State = dict[str, Any]


def chosen(state: State, data: Any) -> str:
    holding = (choice["Next"] for choice in state["Choices"] if _holds(choice, data))
    return str(next(holding, state["Default"]))


def _holds(choice: State, data: Any) -> bool:
    if "And" in choice:
        return all(_holds(part, data) for part in choice["And"])
    if "Or" in choice:
        return any(_holds(part, data) for part in choice["Or"])
    if "IsPresent" in choice:
        return _is_present(data, choice["Variable"]) is choice["IsPresent"]
    value = at(data, choice["Variable"])
    if "NumericGreaterThan" in choice:
        return bool(value > choice["NumericGreaterThan"])
    if "NumericGreaterThanEquals" in choice:
        return bool(value >= choice["NumericGreaterThanEquals"])
    return bool(value == choice.get("BooleanEquals", choice.get("StringEquals", object())))


def _is_present(data: Any, path: str) -> bool:
    try:
        at(data, path)
    except KeyError:
        return False
    return True


def put(data: Any, state: State, result: Any) -> None:
    path = state["ResultPath"].removeprefix("$.").split(".")
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = result


def at(data: Any, path: str) -> Any:
    for key in path.removeprefix("$").split(".")[1:]:
        data = data[key]
    return data


def filled(template: Any, data: Any) -> Any:
    """Parameters and result selectors: keys that end in .$ hold paths and intrinsics."""
    if isinstance(template, list):
        return [filled(item, data) for item in template]
    if not isinstance(template, dict):
        return template
    return {
        key.removesuffix(".$"): _expression(item, data) if key.endswith(".$") else filled(item, data)
        for key, item in template.items()
    }


def _expression(text: str, data: Any) -> Any:
    call = re.fullmatch(r"States\.(Format|MathAdd)\((.*)\)", text)
    if call is None:
        return at(data, text)
    arguments = [part.strip() for part in call[2].split(",")]
    if call[1] == "MathAdd":
        return sum(at(data, part) if part.startswith("$") else int(part) for part in arguments)
    return arguments[0].strip("'").format(*(at(data, path) for path in arguments[1:]))
