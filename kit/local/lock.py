"""One `make up` at a time: a lock file that the kernel releases when its owner dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


class LockedError(Exception):
    """When another run holds the lock."""


@contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold `path` for the block. Raises LockedError naming the process that holds it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.seek(0)
            owner = file.read().strip() or "unknown"
            raise LockedError(
                f"another run is under way (process {owner}); wait for it, or stop it with Ctrl-C there"
            ) from None
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield
