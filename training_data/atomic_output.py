"""Writes a file as a whole or not at all: under a name of its own beside the place, which it takes at the end."""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from kit_contract.errors import InputError


class OutputError(InputError):
    """When an output cannot be written: which, why, and what to do. Nothing has been written then."""


def refuse_output(output: Path, sources: list[Path], *, force: bool) -> None:
    """Raises OutputError for an output that is a source, no place for a file, or there already (without `force`).

    A device or pipe would be replaced by a file, which harms everybody who uses it.
    """
    try:
        there = output.exists()
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {error.strerror}; name another one") from None
    for source in sources:
        if os.path.realpath(output) == os.path.realpath(source) or (
            there and source.exists() and output.samefile(source)
        ):
            raise OutputError(f"{output} is named twice; name another file")
    if output.is_dir():
        raise OutputError(f"{output} is a directory; name a file in it")
    if there and not output.is_file():
        raise OutputError(f"{output} is a device or pipe; name a file")
    if there and not force:
        raise OutputError(f"{output} exists; name another one, or add --force to replace it")
    if not output.parent.is_dir():
        raise OutputError(f"{output.parent} is not a directory; create it first")


@contextlib.contextmanager
def atomic(output: Path) -> Iterator[BinaryIO]:
    """A file to write to. It becomes `output` when the block ends, and vanishes when the block raises."""
    temporary = None
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{output.name}.", suffix=".part", dir=output.parent)
        temporary = Path(name)
        os.close(descriptor)
        with temporary.open("wb") as stream:
            yield stream
        temporary.chmod(0o666 & ~_umask())
        temporary.replace(output)
    except OSError as error:
        raise OutputError(f"{output} cannot be written: {_reason(error)}") from None
    finally:
        if temporary:
            temporary.unlink(missing_ok=True)


def _reason(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "no space is left on the disk; free some, or name another place"
    return f"{error.strerror or error}; check path and permissions"


def _umask() -> int:
    """The process's umask, which the system only tells by setting it."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask
