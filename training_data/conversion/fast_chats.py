"""OpenAI chat lines to Bedrock conversation lines without taking texts apart: only what is understood fully.

A scan of a whole piece finds every line that needs care. The others are decoded by msgspec, which checks JSON and keys
and leaves the texts as they stand; these go into the record byte for byte. What could come out otherwise on the
explaining path (training_data/conversion/conversion.py) is left to that path. ImportError without msgspec or hyperscan.
"""

import re
from collections.abc import Callable
from typing import Literal

import hyperscan
import msgspec

from training_data.conversion.record_formats import SCHEMA_VERSION

# The first bytes of texts that may be blank: quote, blank, escape, and other blanks in UTF-8.
MAYBE_BLANK = (
    b'""',
    b'" ',
    b'"\\',
    b'"\xc2\x85',
    b'"\xc2\xa0',
    b'"\xe1\x9a\x80',
    b'"\xe2\x80',
    b'"\xe2\x81',
    b'"\xe3\x80\x80',
)
# A line with one of these needs care: characters that json writes otherwise, a content that is no text or may be blank.
NEEDS_CARE = rb'\\[u/]|"content": ?(?:[^" ]|' + b"|".join(map(re.escape, MAYBE_BLANK)) + rb")"
# json writes these as what they stand for.
REWRITTEN = (b"\\u", b"\\/")
# An escaped letter could spell a key a second time.
ESCAPED_LETTERS = (b"\\u006", b"\\u007")


class _Content(msgspec.Struct, gc=False):
    """A message of which nothing but the content matters, since the whole line is compared afterwards."""

    content: msgspec.Raw


class _Contents(msgspec.Struct, gc=False):
    messages: list[_Content]


class _Message(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    role: Literal["system", "user", "assistant"]
    content: msgspec.Raw


class _Chat(msgspec.Struct, forbid_unknown_fields=True, gc=False):
    messages: list[_Message]


Row = list[bytes | msgspec.Raw]


class _Rows(dict[int, tuple[Row, Row]]):
    """Number of messages -> the chat as json.dumps writes it and the record, with gaps for texts at 1, 3, 5 ..."""

    def __init__(self, comma: bytes, colon: bytes) -> None:
        super().__init__()
        self._comma, self._colon = comma, colon

    def __missing__(self, count: int) -> tuple[Row, Row]:
        if count < 2:
            raise KeyError(count)
        turns = ("user", "assistant") * (count // 2)
        roles = ("system", *turns) if count % 2 else turns
        message = b'{"role"' + self._colon + b'"%b"' + self._comma + b'"content"' + self._colon + b"%%}"
        said = self._comma.join(message % role.encode() for role in roles)
        self[count] = _gaps(b'{"messages"' + self._colon + b"[" + said + b"]}\n"), _gaps(_record(roles))
        return self[count]


def _record(roles: tuple[str, ...]) -> bytes:
    """The record of these turns, with a % in place of each text."""
    system = b'"system": [{"text": %}], ' if roles[0] == "system" else b""
    turns = roles[1:] if system else roles
    said = b", ".join(b'{"role": "%b", "content": [{"text": %%}]}' % role.encode() for role in turns)
    return b'{"schemaVersion": "' + SCHEMA_VERSION.encode() + b'", ' + system + b'"messages": [' + said + b"]}\n"


def _gaps(line: bytes) -> Row:
    parts = line.split(b"%")
    return [part for index, text in enumerate(parts) for part in ((b"", text) if index else (text,))]


_SPACED, _COMPACT = _Rows(b", ", b": "), _Rows(b",", b":")
_DECODE = msgspec.json.Decoder(_Chat).decode
_DECODE_LINES = msgspec.json.Decoder(_Contents).decode_lines
_TEXT = msgspec.json.Decoder(str).decode
_ENCODE = msgspec.json.Encoder().encode
_CARE = hyperscan.Database()
_CARE.compile(expressions=[b"(?:" + NEEDS_CARE + rb")[^\n]*\n"], ids=[0], flags=[0])
Explain = Callable[[int, bytes], bytes]


def chat_converter(explain: Explain) -> Callable[[bytes], tuple[bytes, int, int]]:
    """A function of whole lines, each with its newline: their records, how many lines, how many of them not explained.

    `explain` gets the index of each line that is not understood, and the line; it gives the line's records.
    """
    return lambda lines: _Piece(explain).convert(lines)


class _Piece:
    """One piece of whole lines on its way."""

    def __init__(self, explain: Explain) -> None:
        self._explain = explain
        self._made: list[bytes] = []
        self._lines = self._explained = 0

    def convert(self, piece: bytes) -> tuple[bytes, int, int]:
        if _is_utf_8(piece):
            self._convert_utf_8(piece)
        else:
            self._one_by_one(piece, understood=False)
        return b"".join(self._made), self._lines, self._lines - self._explained

    def _convert_utf_8(self, piece: bytes) -> None:
        ends: list[int] = []
        _CARE.scan(piece, match_event_handler=lambda _id, _start, end, _flags, _context: ends.append(end))
        position = 0
        for end in ends:
            begin = max(piece.rfind(b"\n", position, end - 1) + 1, position)
            self._quickly(piece[position:begin])
            self._one_by_one(piece[begin:end], understood=True)
            position = end
        self._quickly(piece[position:])

    def _quickly(self, lines: bytes) -> None:
        """Lines without anything that needs care: they are understood if json.dumps would write the very same lines."""
        rows = _COMPACT if lines.startswith(b'{"messages":[') else _SPACED
        given: Row = []
        made: Row = []
        count = 0
        try:
            for chat in _DECODE_LINES(lines):
                texts = [message.content for message in chat.messages]
                chat_row, record_row = rows[len(texts)]
                chat_row[1::2] = record_row[1::2] = texts
                given += chat_row
                made += record_row
                count += 1
        except (msgspec.DecodeError, RecursionError, KeyError):
            return self._one_by_one(lines, understood=True)
        if b"".join(given) != lines:
            return self._one_by_one(lines, understood=True)
        self._made.append(b"".join(made))
        self._lines += count
        return None

    def _one_by_one(self, lines: bytes, *, understood: bool) -> None:
        for line in lines.split(b"\n")[:-1]:
            record = bedrock_line(line) if understood else None
            if record is None:
                self._explained += 1
                record = self._explain(self._lines, line)
            self._made.append(record)
            self._lines += 1


def bedrock_line(line: bytes) -> bytes | None:
    """The record of a line of UTF-8, the same bytes as on the explaining path; None where that path must look."""
    try:
        messages = _DECODE(line).messages
        # Of two equal keys msgspec takes the last; the explaining path refuses them.
        counts = [line.count(key) for key in (b'"content"', b'"role"', b'"messages"')]
        if counts != [len(messages), len(messages), 1] or any(letter in line for letter in ESCAPED_LETTERS):
            return None
        roles = tuple([message.role for message in messages])
        if len(roles) < 2 or roles != ("system",) * (len(roles) % 2) + ("user", "assistant") * (len(roles) // 2):
            return None
        texts = [bytes(message.content) for message in messages]
        if not all(text.startswith(b'"') and not (text.startswith(MAYBE_BLANK) and _is_blank(text)) for text in texts):
            return None
        if any(mark in line for mark in REWRITTEN):
            texts = [_ENCODE(_TEXT(text)) for text in texts]
    except (msgspec.DecodeError, RecursionError):
        return None
    row = list(_SPACED[len(texts)][1])
    row[1::2] = texts
    return b"".join(row)


def _is_blank(text: bytes) -> bool:
    return not _TEXT(text).strip()


def _is_utf_8(piece: bytes) -> bool:
    if piece.isascii():
        return True
    try:
        piece.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
