"""The fields and the file of a multipart/form-data body: https://www.rfc-editor.org/rfc/rfc7578. Pure."""

from collections.abc import Callable
from email.message import Message
from typing import NamedTuple, TypeVar

from inference_api.errors import ApiError

MAX_PARTS = 20
Value = TypeVar("Value")


class Part(NamedTuple):
    """`file_name` is None for a field."""

    name: str
    file_name: str | None
    content: bytes


def parts_of(content_type: str, body: bytes) -> list[Part]:
    """Raises ApiError 400."""
    header = Message()
    header["Content-Type"] = content_type
    boundary = _read(lambda: header.get_param("boundary"))
    if header.get_content_type() != "multipart/form-data" or not isinstance(boundary, str) or not boundary:
        raise _invalid(f"the body must be multipart/form-data with a boundary, got {header.get_content_type()}")
    mark = b"\r\n--" + boundary.encode("latin-1", "replace")
    pieces = (b"\r\n" + body).split(mark)[1:]  # what is before the first is no part
    if not pieces or not pieces[-1].startswith(b"--"):
        raise _invalid("the body must end with its boundary; it is cut, or has another boundary than its header says")
    if len(pieces) - 1 > MAX_PARTS:
        raise _invalid(f"the body may have {MAX_PARTS} parts, got {len(pieces) - 1}; send only file and purpose")
    return [_part(piece) for piece in pieces[:-1]]


def _part(piece: bytes) -> Part:
    head, separator, content = piece.partition(b"\r\n\r\n")
    if not separator:
        raise _invalid("a part must have headers, an empty line and its content")
    part = Message()
    for line in head.decode("utf-8", "replace").split("\r\n"):
        header, _, value = line.partition(":")
        if header.strip().lower() == "content-disposition":
            part["Content-Disposition"] = value.strip()
    name = _read(lambda: part.get_param("name", header="Content-Disposition"))
    if not isinstance(name, str) or not name:
        raise _invalid('a part must be named: Content-Disposition: form-data; name="file"')
    return Part(name, _read(part.get_filename), content)


def _read(value: Callable[[], Value]) -> Value:
    """Encoded parameters (RFC 2231) name any of Python's encodings, and some of those fail."""
    try:
        return value()
    except ValueError:
        raise _invalid("a header can't be read; write names in UTF-8") from None


def _invalid(message: str) -> ApiError:
    return ApiError(400, "invalid_multipart", message)
