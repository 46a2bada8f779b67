"""Allows one run at a time, with a lock file that the kernel releases when its owner dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from kit_contract.errors import ExternalError


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold `path` for the block. Raises ExternalError naming the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise ExternalError(
                f"another run is in progress (process {owner}); wait for it, or stop it with Ctrl-C in its terminal"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def held_by(path: Path) -> str | None:
    """The process that holds `path`; None if nobody does."""
    if not path.is_file():
        return None
    with path.open("r", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return file.read().strip() or "unknown"
    return None
