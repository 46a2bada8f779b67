"""Text files of any encoding as UTF-8, piece by piece."""

import codecs
import io
from typing import Any

PIECE = 1 << 16
UTF_8_MARK = b"\xef\xbb\xbf"
OTHER_MARKS = {
    b"\xff\xfe\x00\x00": "utf-32",
    b"\x00\x00\xfe\xff": "utf-32",
    b"\xff\xfe": "utf-16",
    b"\xfe\xff": "utf-16",
}


def is_utf_8(stream: io.BufferedReader) -> bool:
    """Reads to the end. Zero bytes are of UTF-16 without a mark, although UTF-8 has them too."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while piece := stream.read(PIECE):
            if "\0" in decoder.decode(piece):
                return False
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def as_utf_8(stream: io.BufferedReader, encoding: str | None) -> io.BufferedReader:
    """The text without its byte order mark, which wins over `encoding`. Reading raises UnicodeError for broken text."""
    head = stream.peek(4)
    if head.startswith(UTF_8_MARK):
        stream.read(len(UTF_8_MARK))
        return stream
    marked = next((name for mark, name in OTHER_MARKS.items() if head.startswith(mark)), encoding)
    return io.BufferedReader(_Transcoded(stream, marked), PIECE) if marked else stream


class _Transcoded(io.RawIOBase):
    def __init__(self, stream: io.BufferedReader, encoding: str) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding)()
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        ended = False
        while not self._ready and not ended:
            piece = self._stream.read(PIECE)
            ended = not piece
            self._ready = self._decoder.decode(piece, final=ended).encode("utf-8", "surrogatepass")
        taken = self._ready[: len(buffer)]
        buffer[: len(taken)] = taken
        self._ready = self._ready[len(taken) :]
        return len(taken)
