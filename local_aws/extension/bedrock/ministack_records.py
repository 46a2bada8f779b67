"""Between the members of Bedrock's API and ministack's records of models, which begin them with a capital letter."""

from collections.abc import Mapping
from typing import Any


def as_record(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].upper() + name[1:]: value for name, value in members.items()}


def as_members(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name[0].lower() + name[1:]: value for name, value in record.items()}
