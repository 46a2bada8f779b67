"""Between CloudFormation's property names and the members of the service's API."""

import json
from collections.abc import Collection
from typing import Any

from local_aws.extension.bedrock.responses import Response
from local_aws.extension.cloudformation import resource_schemas

Properties = dict[str, Any]
Created = tuple[str, Properties]


def attributes(resource_type: str, record: Properties) -> Properties:
    """The attributes for Fn::GetAtt: the schema's read-only properties that `record` has."""
    members = {name: name[0].lower() + name[1:] for name in resource_schemas.read_only(resource_type)}
    return {name: record[member] for name, member in members.items() if record.get(member) is not None}


def answer(response: Response) -> Properties:
    """The body of the response. Raises ValueError with the service's message for an error."""
    status, _, body = response
    parsed: Properties = json.loads(body)
    if status >= 400:
        raise ValueError(f"{parsed.get('__type')}: {parsed.get('message') or parsed.get('Message')}")
    return parsed


def members(value: Any, verbatim: Collection[str] = ()) -> Any:
    """Property names as the API's member names.

    The keys of a map of tags are the user's and stay, as do all names below the properties `verbatim`.
    """
    if isinstance(value, dict):
        kept = [name for name, item in value.items() if name in verbatim or (name == "Tags" and isinstance(item, dict))]
        return {_member(name): item if name in kept else members(item, verbatim) for name, item in value.items()}
    return [members(item, verbatim) for item in value] if isinstance(value, list) else value


def _member(name: str) -> str:
    return name.lower() if name.isupper() else name[0].lower() + name[1:]  # URI: uri
