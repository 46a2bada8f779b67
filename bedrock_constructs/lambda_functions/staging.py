"""Folders for files on their way into the cloud assembly, to which the CDK copies them at once."""

import atexit
import shutil
import tempfile
from functools import cache
from pathlib import Path

from kit_contract.places import IS_INSTALLED, PROJECT


@cache
def staging_folder(name: str) -> Path:
    """In a clone it stays, in .local. Elsewhere it is a temporary one until the process ends."""
    if IS_INSTALLED:
        made = Path(tempfile.mkdtemp(prefix=f"bedrock-constructs-{name}-"))
        atexit.register(shutil.rmtree, made, ignore_errors=True)
        return made
    folder = PROJECT / ".local" / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
