"""Reads JSON lines and JSON arrays record by record; an array is read through a window, never as a whole."""

import codecs
import io
import json
from collections.abc import Iterator
from pathlib import Path

from training_data.sources.files import MAX_RECORD_BYTES, SourceError, SourceRecord, lines_of
from training_data.strict_json import STRICT, json_fault

BLANK = " \t\r\n"
WINDOW = 1 << 18
LENIENT = json.JSONDecoder()


def read_lines(file: Path, stream: io.BufferedReader) -> Iterator[SourceRecord | SourceError]:
    for item in lines_of(file, stream):
        if isinstance(item, SourceError):
            yield item
        elif item[1].strip():
            yield _record(file, item[0], item[1].removesuffix(b"\n"))


def _record(file: Path, number: int, line: bytes) -> SourceRecord | SourceError:
    """The record that one line holds."""
    try:
        return SourceRecord(number, STRICT.decode(line.rstrip(b"\r").decode("utf-8")), line)
    except UnicodeDecodeError as error:
        fault = f"is not UTF-8 at byte {error.start}; save the file as UTF-8"
    except (ValueError, RecursionError) as error:
        fault = f"is not one JSON object: {json_fault(error)}; write one record a line"
    return SourceError(file, number, fault, original=line)


class _Window:
    """A part of the text, from `position` on; `line` is that of `position`."""

    def __init__(self, file: Path, stream: io.BufferedReader) -> None:
        self._file, self._stream = file, stream
        self._decoder = codecs.getincrementaldecoder("utf-8")()
        self.text, self.position, self.line, self.ended = "", 0, 1, False

    def more(self, size: int = WINDOW) -> bool:
        """Read on; False at the end of the file."""
        if self.ended:
            return False
        chunk = self._stream.read(size)
        self.ended = len(chunk) < size
        try:
            text = self._decoder.decode(chunk, final=self.ended)
        except UnicodeDecodeError as error:
            line = self.line + self.text.count("\n", self.position) + chunk.count(b"\n", 0, error.start)
            raise SourceError(self._file, line, "is not UTF-8; save the file as UTF-8", ends=True) from None
        self.text, self.position = self.text[self.position :] + text, 0
        return True

    def advance(self, position: int) -> None:
        self.line += self.text.count("\n", self.position, position)
        self.position = position

    def next_character(self) -> str:
        """The next one that is not blank, which `position` then points to; empty at the end of the file."""
        while True:
            position = self.position
            while position < len(self.text) and self.text[position] in BLANK:
                position += 1
            self.advance(position)
            if position < len(self.text):
                return self.text[position]
            if not self.more():
                return ""

    def value(self) -> SourceRecord | SourceError:
        """The value that begins at `position`. Raises SourceError when its end cannot be found."""
        while True:
            fault: Exception | None = None
            value, end = None, len(self.text)
            try:
                value, end = STRICT.raw_decode(self.text, self.position)
            except (ValueError, RecursionError) as error:
                fault = error
            waiting = len(self.text) - self.position
            if end < len(self.text) or waiting > MAX_RECORD_BYTES or isinstance(fault, RecursionError):
                break
            if not self.more(max(WINDOW, waiting)):
                break
        if fault is None:
            return SourceRecord(self.line, value, self._taken(end))
        return self._not_strict(fault)

    def _taken(self, end: int) -> bytes:
        original = self.text[self.position : end].encode()
        self.advance(end)
        return original

    def _not_strict(self, fault: Exception) -> SourceError:
        """What json would read, but Bedrock not, has an end all the same. Raises SourceError for anything else."""
        try:
            _, end = LENIENT.raw_decode(self.text, self.position)
        except (ValueError, RecursionError):
            raise self._fault(fault) from None
        line = self.line
        message = f"is not JSON as Bedrock reads it: {json_fault(fault)}; correct it"
        return SourceError(self._file, line, message, original=self._taken(end))

    def _fault(self, fault: Exception) -> SourceError:
        line = self.line
        if isinstance(fault, json.JSONDecodeError):
            line += self.text.count("\n", self.position, fault.pos)
        message = f"is not valid JSON (the record begins on line {self.line}): {json_fault(fault)}; correct it"
        return SourceError(
            self._file, line, message, original=self.text[self.position :].encode(errors="surrogatepass"), ends=True
        )


def read_array(file: Path, stream: io.BufferedReader) -> Iterator[SourceRecord | SourceError]:
    window = _Window(file, stream)
    window.next_character()
    window.advance(window.position + 1)
    following = window.next_character()
    while following != "]":
        try:
            yield window.value()
        except SourceError as error:
            yield error
            return
        following = window.next_character()
        if following not in (",", "]"):
            got = repr(following) if following else "the end of the file"
            yield SourceError(file, window.line, f"needs ',' or ']' between records, got {got}; add it", ends=True)
            return
        if following == ",":
            window.advance(window.position + 1)
            window.next_character()
    window.advance(window.position + 1)
    if window.next_character():
        rest = window.text[window.position : window.position + 20]
        yield SourceError(file, window.line, f"has text after the array, got {rest!r}; remove it", ends=True)
