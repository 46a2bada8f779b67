"""Decodes the body of an HTTP/1.1 response as it arrives.

https://www.rfc-editor.org/rfc/rfc9112#section-6
"""

from __future__ import annotations

from collections.abc import Mapping

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Protocol

    class BodyDecoder(Protocol):
        ended: bool

        def feed(self, data: bytes) -> bytes:
            """The part of the body that `data` completes. Raises ConnectionError if it is not valid."""
            ...


_LONGEST_LINE = 1024


def body_decoder(headers: Mapping[str, str]) -> BodyDecoder:
    """`headers` has lower-case names. Raises ConnectionError if they do not say where the body ends."""
    if headers.get("transfer-encoding", "").lower() == "chunked":
        return Chunked()
    size = headers.get("content-length", "")
    if not size.isascii() or not size.isdigit():
        raise ConnectionError("the response does not say where its body ends")
    return Sized(int(size))


class Sized:
    """A body of a known size."""

    def __init__(self, size: int) -> None:
        self._left = size
        self.ended = not size

    def feed(self, data: bytes) -> bytes:
        part = data[: self._left]
        self._left -= len(part)
        self.ended = not self._left
        return part


class Chunked:
    """A chunked body. Ignores chunk extensions and trailers."""

    def __init__(self) -> None:
        self._buffer = b""
        self._left = 0
        self._chunk_end = False
        self._last = False
        self.ended = False

    def feed(self, data: bytes) -> bytes:
        buffer = self._buffer + data if self._buffer else data
        parts = []
        position = 0
        while not self.ended:
            if self._left:  # the rest of a chunk and its line end
                part = buffer[position : position + self._left]
                position += len(part)
                self._left -= len(part)
                parts.append(part)
                if self._left:
                    break
            line_end = buffer.find(b"\r\n", position)
            if line_end < 0:
                break
            line, position = buffer[position:line_end], line_end + 2
            self._line(line)
        self._buffer = buffer[position:]
        if not self._left and len(self._buffer) > _LONGEST_LINE:
            raise ConnectionError("the size of a chunk is missing")
        return b"".join(parts)

    def _line(self, line: bytes) -> None:
        if self._last:
            self.ended = not line
        elif self._chunk_end:
            if line:
                raise ConnectionError("a chunk is longer than its size")
            self._chunk_end = False
        else:
            try:
                self._left = int(line.split(b";")[0], 16)
            except ValueError:
                raise ConnectionError("the size of a chunk is not a number") from None
            if self._left < 0:
                raise ConnectionError("the size of a chunk is negative")
            self._last, self._chunk_end = not self._left, bool(self._left)
