"""Reads a JSON array or JSON lines as (line, record), where line is the one on which the record begins."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training_data.checks import json_fault, strict_object, strict_value

BLANK = " \t\r\n"


class ConversionError(Exception):
    """When a file or a record cannot be read: `file:line: fault; fix`, without a line where the file is meant."""

    def __init__(self, file: Path, line: int, message: str) -> None:
        super().__init__(f"{file.name}:{line}: {message}" if line else f"{file.name}: {message}")
        self.line = line


@dataclass(frozen=True)
class SourceRecord:
    """One JSON value and the line, counted from 1, on which it begins."""

    line: int
    value: Any


def read_records(file: Path) -> Iterator[SourceRecord | ConversionError]:
    """Every record of `file`, a ConversionError in place of each that is broken; an array ends at its first one."""
    try:
        text = _text(file)
    except ConversionError as error:
        yield error
        return
    if text.lstrip().startswith("["):
        yield from _array_records(file, text)
    else:
        yield from _line_records(file, text)


def _text(file: Path) -> str:
    if not file.is_file():
        raise ConversionError(file, 0, f"{file} is not a file; name an existing one under dataset in deployment.toml")
    content = file.read_bytes()
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise ConversionError(file, line, f"is not UTF-8 at byte {error.start}; save the file as UTF-8") from None
    if not text.strip():
        raise ConversionError(file, 0, "is empty; put records into it, or take it out of dataset")
    return text


def _line_records(file: Path, text: str) -> Iterator[SourceRecord | ConversionError]:
    decoder = _decoder()
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            yield SourceRecord(number, decoder.decode(line))
        except (ValueError, RecursionError) as error:
            yield ConversionError(file, number, f"is not one JSON object: {json_fault(error)}; write one record a line")


def _array_records(file: Path, text: str) -> Iterator[SourceRecord | ConversionError]:
    decoder = _decoder()
    position = _skip_blank(text, text.index("[") + 1)
    line, counted = 1, 0
    end = text[position : position + 1] == "]"
    position += end
    while not end:
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            at = getattr(error, "lineno", line)
            yield ConversionError(
                file, at, f"is not valid JSON (the record begins on line {line}): {json_fault(error)}; mend it"
            )
            return
        yield SourceRecord(line, value)
        position = _skip_blank(text, position)
        end = text[position : position + 1] == "]"
        if not end and text[position : position + 1] != ",":
            yield _no_separator(file, text, position)
            return
        position = _skip_blank(text, position + 1)
    yield from _after_array(file, text, _skip_blank(text, position))


def _no_separator(file: Path, text: str, position: int) -> ConversionError:
    got = repr(text[position]) if position < len(text) else "the end of the file"
    line = text.count("\n", 0, position) + 1
    return ConversionError(file, line, f"needs ',' or ']' between records, got {got}; add it")


def _after_array(file: Path, text: str, position: int) -> Iterator[ConversionError]:
    """`position` is the first one after the closing bracket that is not blank."""
    if position < len(text):
        line = text.count("\n", 0, position) + 1
        yield ConversionError(
            file, line, f"has text after the array, got {text[position : position + 20]!r}; remove it"
        )


def _skip_blank(text: str, position: int) -> int:
    while position < len(text) and text[position] in BLANK:
        position += 1
    return position


def _decoder() -> json.JSONDecoder:
    return json.JSONDecoder(object_pairs_hook=strict_object, parse_constant=strict_value)
