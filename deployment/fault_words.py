"""Pydantic's faults in the words of this kit: what a setting must be."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

# Type of a fault -> what the setting must be.
MUST_BE = {
    "string_type": "a text in quotes",
    "int_type": "a whole number",
    "int_from_float": "a whole number",
    "int_parsing": "a whole number",
    "float_type": "a number",
    "float_parsing": "a number",
    "bool_type": "true or false",
    "bool_parsing": "true or false",
    "list_type": "a list",
    "dict_type": "a table",
    "model_type": "a table of settings",
    "path_type": "a path in quotes",
}
BOUNDS = (
    ("greater than or equal to", "at least"),
    ("less than or equal to", "at most"),
    ("greater than", "more than"),
)
TAG_INVALID, TAG_MISSING = "union_tag_invalid", "union_tag_not_found"  # of sections of several kinds
KIND = "kind"
SHOULD = re.compile(r"^[A-Z]\w* should (be|have) ")
COUNTED = re.compile(r" after validation, not \d+$")


def in_words(detail: Mapping[str, Any]) -> str:
    """What is wrong, such as `must be at least 3`; a message of a check of ours stays as it is."""
    if detail["type"] == TAG_INVALID:
        return f"must be {_listed(detail)}"
    if detail["type"] in MUST_BE:
        return f"must be {MUST_BE[detail['type']]}"
    message: str = detail["msg"].removeprefix("Value error, ")
    said = COUNTED.sub("", SHOULD.sub(r"must \1 ", message))
    if said == message:
        return message[0].lower() + message[1:]
    for theirs, ours in BOUNDS:
        said = said.replace(f"must be {theirs} ", f"must be {ours} ")
    return said


def setting_of(detail: Mapping[str, Any], raw: object) -> tuple[str | int, ...]:
    """Where the file `raw` has what a fault is about: Pydantic's place has the kind of a section as one more part."""
    ends = (KIND,) if detail["type"] in (TAG_INVALID, TAG_MISSING) else ()
    return (*_in_file(detail["loc"], raw), *ends)


def given(detail: Mapping[str, Any]) -> object:
    """What the setting is."""
    return detail["ctx"]["tag"] if detail["type"] == TAG_INVALID else detail["input"]


def _in_file(location: Sequence[str | int], raw: object) -> Iterator[str | int]:
    for part in location:
        if isinstance(raw, dict):
            if part not in raw and part == raw.get(KIND):
                continue
            raw = raw.get(part)
        elif isinstance(raw, list) and isinstance(part, int) and part < len(raw):
            raw = raw[part]
        yield part


def _listed(detail: Mapping[str, Any]) -> str:
    *others, last = detail["ctx"]["expected_tags"].split(", ")
    return f"{', '.join(others)} or {last}" if others else last
