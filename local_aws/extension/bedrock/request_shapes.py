"""Refuses a request whose JSON has other types than botocore's model, as AWS does before it looks at the values. Pure.

The messages are those of other AWS services; Bedrock's are not published. Members that the model does not have are
passed over: botocore may be older than Bedrock.
"""

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
    _check(_shapes(service), shape, request)


@cache
def _shapes(service: str) -> dict[str, Any]:
    shapes: dict[str, Any] = Loader().load_service_model(service, "service-2")["shapes"]
    return shapes


def _check(shapes: dict[str, Any], name: str, value: Any) -> None:
    shape = shapes[name]
    if value is None or shape.get("document"):
        return
    types, wanted = WANTED.get(shape["type"], ((object,), ""))
    if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
        if start := STARTS.get(type(value)):
            raise BedrockError("SerializationException", f"{start} found where not expected.")
        raise BedrockError("SerializationException", f"{GIVEN[type(value)]} can not be converted to {wanted}")
    for part, inner in _parts(shape, value):
        _check(shapes, inner, part)


def _parts(shape: dict[str, Any], value: Any) -> list[tuple[Any, str]]:
    if shape["type"] == "list":
        return [(item, shape["member"]["shape"]) for item in value]
    if shape["type"] == "map":
        return [(item, shape["value"]["shape"]) for item in value.values()]
    members = shape.get("members", {})
    return [(item, members[name]["shape"]) for name, item in value.items() if name in members] if members else []
