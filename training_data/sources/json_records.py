"""Reads JSON lines, arrays, objects over several lines and objects around a list; but for lines, through a window."""

import codecs
import io
import json
from collections.abc import Callable, Iterator
from pathlib import Path

from training_data.sources.files import MAX_RECORD_BYTES, SourceError, SourceRecord, lines_of
from training_data.sources.kinds import ARRAY, LINES, VALUES, WRAPPED, WRAPPERS
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
    yield from _items(file, window)
    _end(file, window, "the array")


def read_values(file: Path, stream: io.BufferedReader) -> Iterator[SourceRecord | SourceError]:
    """Objects that each may have several lines, one after the other."""
    window = _Window(file, stream)
    while window.next_character():
        yield window.value()


def read_wrapped(file: Path, stream: io.BufferedReader) -> Iterator[SourceRecord | SourceError]:
    """The list in {"version": ..., "data": [...]}; what stands beside it says something of the whole."""
    window = _Window(file, stream)
    window.next_character()
    found, following = "", ","
    while following == ",":
        window.advance(window.position + 1)
        window.next_character()
        key = _key(file, window)
        if window.next_character() == "[" and (found or key in WRAPPERS):
            if found:
                fault = f"holds two lists, {found!r} and {key!r}; keep one in a file"
                raise SourceError(file, window.line, fault, ends=True)
            found = key
            yield from _items(file, window)
        elif isinstance(value := window.value(), SourceError):
            raise SourceError(file, value.line, value.message, ends=True)
        following = window.next_character()
    _need(file, window, following, ("}",), "at the end of the object")
    window.advance(window.position + 1)
    _end(file, window, "the object")


def _key(file: Path, window: _Window) -> str:
    key = window.value()
    _need(file, window, window.next_character(), (":",), "after a key")
    window.advance(window.position + 1)
    return str(key.value) if isinstance(key, SourceRecord) else ""


def _items(file: Path, window: _Window) -> Iterator[SourceRecord | SourceError]:
    """Every value of the array that begins at `position`. Raises SourceError where it cannot be read on."""
    window.advance(window.position + 1)
    following = window.next_character()
    while following != "]":
        yield window.value()
        following = window.next_character()
        _need(file, window, following, (",", "]"), "between records")
        if following == ",":
            window.advance(window.position + 1)
            window.next_character()
    window.advance(window.position + 1)


def _need(file: Path, window: _Window, got: str, wanted: tuple[str, ...], where: str) -> None:
    if got not in wanted:
        shown = repr(got) if got else "the end of the file"
        fault = f"needs {' or '.join(map(repr, wanted))} {where}, got {shown}; add it"
        raise SourceError(file, window.line, fault, ends=True)


def _end(file: Path, window: _Window, what: str) -> None:
    if window.next_character():
        rest = window.text[window.position : window.position + 20]
        raise SourceError(file, window.line, f"has text after {what}, got {rest!r}; remove it", ends=True)


READERS: dict[str, Callable[[Path, io.BufferedReader], Iterator[SourceRecord | SourceError]]] = {
    LINES: read_lines,
    ARRAY: read_array,
    VALUES: read_values,
    WRAPPED: read_wrapped,
}
