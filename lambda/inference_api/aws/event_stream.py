"""Amazon's event stream encoding, in which ConverseStream answers.

https://smithy.io/2.0/aws/amazon-eventstream.html
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Mapping
from functools import lru_cache
from zlib import crc32

_PRELUDE = struct.Struct("!III")
_PRELUDE_SIZES = struct.Struct("!II")
_CHECKSUM = struct.Struct("!I")
_LENGTH = struct.Struct("!H")
_SMALLEST = _PRELUDE.size + _CHECKSUM.size
MAX_HEADERS = 128 * 1024
MAX_PAYLOAD = 24 * 1024 * 1024
_STRING = 7
# Bytes of a header value by its type; -1: its first two bytes say how many follow.
_VALUE_SIZES = {0: 0, 1: 0, 2: 1, 3: 2, 4: 4, 5: 8, 6: -1, _STRING: -1, 8: 8, 9: 16}


class BrokenStreamError(ConnectionError):
    """When a stream is corrupt or ends before its last frame does. What arrived is not the whole answer."""


# The headers with string values (`:message-type`, `:event-type`, `:exception-type`, ...), and the payload.
Frame = tuple[Mapping[str, str], bytes]


class FrameDecoder:
    """Decodes frames from pieces of any size. Checks both checksums of each frame."""

    def __init__(self) -> None:
        self._buffer = b""

    def feed(self, piece: bytes) -> Iterator[Frame]:
        """The frames that `piece` completes. Raises BrokenStreamError."""
        buffer = self._buffer + piece if self._buffer else piece
        start, available = 0, len(buffer)
        try:
            while available - start >= _PRELUDE.size:
                size, header_size, checksum = _PRELUDE.unpack_from(buffer, start)
                if crc32(buffer[start : start + 8]) != checksum:
                    raise BrokenStreamError("the checksum of a frame's prelude is wrong")
                if header_size > MAX_HEADERS or not 0 <= size - header_size - _SMALLEST <= MAX_PAYLOAD:
                    raise BrokenStreamError(f"a frame cannot have {size} bytes with {header_size} bytes of headers")
                if available - start < size:
                    break
                end = start + size - _CHECKSUM.size
                if crc32(buffer[start:end]) != _CHECKSUM.unpack_from(buffer, end)[0]:
                    raise BrokenStreamError("the checksum of a frame is wrong")
                payload = start + _PRELUDE.size + header_size
                frame = _headers(buffer[start + _PRELUDE.size : payload]), buffer[payload:end]
                start += size
                yield frame
        finally:
            self._buffer = buffer[start:]

    def end(self) -> None:
        """Raises BrokenStreamError if a frame is incomplete."""
        if self._buffer:
            raise BrokenStreamError("the stream ended within a frame")


@lru_cache(maxsize=64)  # a stream repeats the same few blocks of headers
def _headers(block: bytes) -> Mapping[str, str]:
    found = {}
    position = 0
    try:
        while position < len(block):
            name_end = position + 1 + block[position]
            name, kind, position = block[position + 1 : name_end].decode(), block[name_end], name_end + 1
            size = _VALUE_SIZES[kind]
            if size < 0:
                size, position = int.from_bytes(block[position : position + 2], "big"), position + 2
            value, position = block[position : position + size], position + size
            if kind == _STRING:
                found[name] = value.decode()
    except (IndexError, KeyError, UnicodeDecodeError) as error:
        raise BrokenStreamError("the headers of a frame are not valid") from error
    if position != len(block):
        raise BrokenStreamError("the headers of a frame are longer than the frame says")
    return found


def encoded_frame(headers: Mapping[str, str], payload: bytes) -> bytes:
    block = _header_block(tuple(headers.items()))
    prelude = _PRELUDE_SIZES.pack(_SMALLEST + len(block) + len(payload), len(block))
    content = b"".join((prelude, _CHECKSUM.pack(crc32(prelude)), block, payload))
    return content + _CHECKSUM.pack(crc32(content))


@lru_cache(maxsize=64)
def _header_block(headers: tuple[tuple[str, str], ...]) -> bytes:
    return b"".join(map(_header, headers))


def _header(header: tuple[str, str]) -> bytes:
    name, value = (text.encode() for text in header)
    return bytes((len(name),)) + name + bytes((_STRING,)) + _LENGTH.pack(len(value)) + value
