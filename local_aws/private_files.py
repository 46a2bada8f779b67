"""Folders and files that only you can read: the embedded AWS keeps keys, documents and training data in them."""

import os
from pathlib import Path


def private_folder(path: Path) -> Path:
    """Make `path` with mode 0700, whatever the umask; one that is there loses the rights of others."""
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    path.chmod(0o700)
    return path


def write_private(path: Path, text: str) -> None:
    """Replace the content of `path`; it has mode 0600 from the start."""
    path.unlink(missing_ok=True)
    with open(path, "w", encoding="utf-8", opener=_private) as file:
        file.write(text)


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
