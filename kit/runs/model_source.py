"""What a run's model is made from, where no job of this deployment trains it."""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.runs.details import Details
from kit_contract.external_models import EXTERNAL_METHODS, KEY_MEMBERS


def is_external(details: Details) -> bool:
    return details.method in EXTERNAL_METHODS


def source_of(details: Details) -> str:
    """The ARN or the S3 URI of the source; empty for a run that trains, and where the settings are not known."""
    if not is_external(details):
        return ""
    members: Mapping[str, Any] = details.specification.get("job_members", {})
    return next(_texts({name: value for name, value in members.items() if name not in KEY_MEMBERS}), "")


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in value.values():
            yield from _texts(item)
