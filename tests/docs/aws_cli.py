"""`aws` as botocore's models know it: parses a command line into a call, and says what the AWS CLI would refuse.

`python -m tests.docs.aws_cli ARGUMENTS` makes the call, with AWS_ENDPOINT_URL, as snippets need it on the embedded AWS.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import botocore.session
import jmespath  # type: ignore[import-untyped]
from botocore import xform_name
from botocore.model import ServiceModel, Shape

WORDS = {"true": True, "false": False}


@dataclass(frozen=True)
class Call:
    """`parameters` are botocore's; `query` is the CLI's --query."""

    service: str
    operation: str
    parameters: dict[str, Any]
    query: str | None
    text: bool

    def make(self, client: Any) -> Any:
        answer = getattr(client, xform_name(self.operation))(**self.parameters)
        answer.pop("ResponseMetadata", None)
        return jmespath.search(self.query, answer) if self.query else answer


def parse(words: Sequence[str], *, mention: bool = False) -> Call:
    """A `mention` may leave out what is required. Raises ValueError if the AWS CLI would refuse it."""
    service, command, *rest = words
    model = _service_model(service)
    operations = {xform_name(name, "-"): name for name in model.operation_names}
    if command not in operations:
        raise ValueError(f"aws {service} has no command {command!r}")
    operation = model.operation_model(operations[command])
    given, common = _options(rest, operation.input_shape, f"aws {service} {command}")
    parameters = {name: _value(shape, values, name) for name, (shape, values) in given.items()}
    whole = operation.input_shape and not (mention or "..." in rest)
    if whole and (missing := list(_missing(operation.input_shape, parameters))):
        raise ValueError(f"aws {service} {command} needs {', '.join(missing)}")
    _check_query(common.query, operation.output_shape)
    return Call(service, operation.name, parameters, common.query, common.output == "text")


@cache
def _service_model(service: str) -> ServiceModel:
    session = botocore.session.get_session()
    if service not in session.get_available_services():
        raise ValueError(f"aws has no service {service!r}")
    return session.get_service_model(service)


def _options(
    words: Sequence[str], shape: Any, command: str
) -> tuple[dict[str, tuple[Shape, list[str]]], argparse.Namespace]:
    """Input members by name with their words, and the options that all commands have."""
    parser = argparse.ArgumentParser(prog=command, add_help=False, allow_abbrev=False, exit_on_error=False)
    members = {} if shape is None else shape.members
    for name in ("--region", "--query", "--max-items", "--cli-binary-format"):
        if name != "--max-items" or "MaxItems" not in members:
            parser.add_argument(name)
    parser.add_argument("--output", choices=("json", "text", "table"))
    for name, member in members.items():
        many = "*" if member.type_name == "list" else 1
        parser.add_argument(f"--{xform_name(name, '-')}", dest=f"input {name}", nargs=many)
    if command == "aws lambda invoke":
        parser.add_argument("outfile")
    try:
        common, unknown = parser.parse_known_args(list(words))
    except argparse.ArgumentError as error:
        raise ValueError(f"{command}: {error}") from None
    if left := [word for word in unknown if word != "..."]:
        raise ValueError(f"{command} knows no {' '.join(left)}")
    found = {name: getattr(common, f"input {name}") for name in members}
    return {name: (members[name], words) for name, words in found.items() if words is not None}, common


def _value(shape: Any, words: list[str], name: str) -> Any:
    if shape.type_name == "list":
        if words and words[0].startswith("["):
            return json.loads(words[0])
        return [_scalar(shape.member, word, name) for word in words]
    return _scalar(shape, words[0], name)


def _scalar(shape: Any, word: str, name: str) -> Any:
    """A text, number, flag, JSON, file:// or the CLI's shorthand: Name=value,Name=value."""
    if word.startswith("file://"):
        return word
    if shape.type_name == "structure":
        if word.startswith("{"):
            return json.loads(word)
        pairs = [part.partition("=") for part in word.split(",")]
        return {key: _scalar(shape.members[key], text, key) for key, _, text in pairs} if _known(shape, pairs) else {}
    if shape.type_name in ("integer", "long"):
        return int(word)
    if shape.type_name == "boolean":
        return WORDS[word]
    if shape.type_name == "blob":
        return word.encode()
    allowed = getattr(shape, "enum", [])
    if allowed and word not in allowed:
        raise ValueError(f"{name} is one of {', '.join(allowed)}, got {word}")
    return word


def _known(shape: Any, pairs: list[tuple[str, str, str]]) -> bool:
    for key, equals, _ in pairs:
        if key not in shape.members or not equals:
            raise ValueError(f"{shape.name} has {', '.join(shape.members)}, got {key}{equals}")
    return True


def _missing(shape: Any, value: Any) -> Iterator[str]:
    if shape.type_name == "structure" and isinstance(value, dict):
        yield from (name for name in shape.required_members if name not in value)
        for name, inner in value.items():
            yield from _missing(shape.members[name], inner)
    elif shape.type_name == "list":
        for inner in value:
            yield from _missing(shape.member, inner)


def _check_query(query: str | None, shape: Any) -> None:
    """Each name of the query is a member of the answer."""
    if not query:
        return
    names = set(_members(shape, 0))
    if "TemplateBody" in names:
        return  # a document of its own
    for name in _fields(jmespath.compile(query).parsed):
        if name not in names:
            raise ValueError(f"--query {query}: {shape.name} has no {name}")


def _members(shape: Any, depth: int) -> Iterator[str]:
    if shape is None or depth > 8:
        return
    if shape.type_name == "structure":
        for name, member in shape.members.items():
            yield name
            yield from _members(member, depth + 1)
    elif shape.type_name in ("list", "map"):
        yield from _members(shape.member if shape.type_name == "list" else shape.value, depth + 1)


def _fields(node: dict[str, Any]) -> Iterator[str]:
    if node["type"] == "field":
        yield node["value"]
    for child in node.get("children", []):
        if isinstance(child, dict):
            yield from _fields(child)


def check_s3(words: Sequence[str]) -> None:
    """`aws s3 cp FROM TO`, `aws s3 sync FROM TO` and `aws s3 rm PLACE`."""
    verb, *places = words
    remote = [place.startswith("s3://") for place in places]
    copies = verb in ("cp", "sync") and len(places) == 2 and any(remote)
    if not copies and not (verb == "rm" and len(places) == 1 and all(remote)):
        raise ValueError(f"aws s3 takes cp or sync FROM TO, or rm PLACE, with s3:// places, got {' '.join(words)}")


def _copy(words: Sequence[str]) -> None:
    check_s3(words)
    verb, *places = words
    bucket, _, key = places[-1].removeprefix("s3://").partition("/")
    client = boto3.client("s3")
    if verb == "cp":
        client.put_object(Bucket=bucket, Key=key, Body=Path(places[0]).read_bytes())
    else:
        client.delete_object(Bucket=bucket, Key=key)


def main(words: Sequence[str]) -> None:
    if words[0] == "s3":
        _copy(words[1:])
        return
    call = parse(words)
    answer = call.make(boto3.client(call.service))
    if "outfile" in answer or call.operation == "Invoke":
        answer = answer["Payload"].read().decode()
    print(_as_text(answer) if call.text or isinstance(answer, str) else json.dumps(answer, default=str))


def _as_text(answer: Any) -> str:
    return "\t".join(map(str, answer)) if isinstance(answer, list) else str(answer)


if __name__ == "__main__":
    main(sys.argv[1:])
