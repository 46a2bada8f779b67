"""Refuses a request whose JSON has other types than botocore's model, or lacks what that requires. Pure.

The messages are those of other AWS services; Bedrock's are not published. Members that the model does not have are
passed over: botocore may be older than Bedrock.
"""

from collections.abc import Iterator
from functools import cache
from typing import Any

from botocore.loaders import Loader

from local_aws.extension.bedrock.bedrock_error import BedrockError

WANTED: dict[str, tuple[tuple[type, ...], str]] = {
    "structure": ((dict,), "a structure"),
    "map": ((dict,), "a map"),
    "list": ((list,), "a list"),
    "string": ((str,), "a String"),
    "blob": ((str,), "a Blob"),
    "boolean": ((bool,), "a Boolean"),
    "integer": ((int,), "an Integer"),
    "long": ((int,), "a Long"),
    "float": ((int, float), "a Float"),
    "double": ((int, float), "a Double"),
}
GIVEN: dict[type, str] = {str: "STRING_VALUE", bool: "TRUE_VALUE", int: "NUMBER_VALUE", float: "DECIMAL_VALUE"}
STARTS: dict[type, str] = {dict: "Start of structure or map", list: "Start of list"}


def check(service: str, shape: str, request: dict[str, Any]) -> None:
    """Raise BedrockError. `shape`: the name of the operation's input."""
    _check(_shapes(service), shape, request, "")


@cache
def _shapes(service: str) -> dict[str, Any]:
    shapes: dict[str, Any] = Loader().load_service_model(service, "service-2")["shapes"]
    return shapes


def _check(shapes: dict[str, Any], name: str, value: Any, where: str) -> None:
    shape = shapes[name]
    if shape.get("document"):
        return
    types, wanted = WANTED[shape["type"]]
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        raise BedrockError("SerializationException", _other_type(value, wanted))
    if shape["type"] == "structure":
        _check_set(shape, name, value, where)
    for part, inner, place in _parts(shape, value, where):
        if part is None:
            raise _null(place)
        _check(shapes, inner, part, place)


def _other_type(value: Any, wanted: str) -> str:
    start = STARTS.get(type(value))
    return f"{start} found where not expected." if start else f"{GIVEN[type(value)]} can not be converted to {wanted}"


def _check_set(shape: dict[str, Any], name: str, value: Any, where: str) -> None:
    """A member that is null is not there."""
    given = [key for key, item in value.items() if item is not None]
    if shape.get("union") and len(given) != 1:
        keys = ", ".join(shape["members"])
        message = f"The {name} object at {where} must set one of the following keys: {keys}."
        raise BedrockError("ValidationException", message)
    for key in shape.get("required", ()):
        if key not in given and "location" not in shape["members"][key]:
            raise _null(f"{where}.{key}".lstrip("."))


def _null(where: str) -> BedrockError:
    message = (
        f"1 validation error detected: Value null at '{where}' failed to satisfy constraint: Member must not be null"
    )
    return BedrockError("ValidationException", message)


def _parts(shape: dict[str, Any], value: Any, where: str) -> Iterator[tuple[Any, str, str]]:
    if shape["type"] == "list":
        yield from ((item, shape["member"]["shape"], f"{where}.{index}") for index, item in enumerate(value))
    elif shape["type"] == "map":
        yield from ((item, shape["value"]["shape"], f"{where}.{key}") for key, item in value.items())
    elif shape["type"] == "structure":
        for key, member in shape["members"].items():
            if value.get(key) is not None:
                yield value[key], member["shape"], f"{where}.{key}".lstrip(".")
