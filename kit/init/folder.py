"""The folder of a new project and what may be said about it: every refusal names the rule."""

import re
from collections.abc import Mapping
from pathlib import Path

from deployment.sections.section import ACCOUNT, NAME, PATTERN_IN_WORDS, REGION
from kit_contract.errors import InputError

MOST_CHARACTERS = 26  # the longest environment is -prod, and the name of its deployment has a limit of 31
NAME_RULE = f"2 to {MOST_CHARACTERS} lowercase letters, digits and single hyphens, starting with a letter"
# What a folder has before the kit can run in it.
ALLOWED = {".git", ".venv"}
SHOWN = 5


def name_of(folder: Path) -> str:
    return folder.resolve().name


def check_name(name: str, *, given: bool) -> str:
    if re.fullmatch(NAME, name) and len(name) <= MOST_CHARACTERS:
        return name
    what = "--name" if given else "the folder's name is the name of the deployment, which"
    fix = "change it" if given else "give one with --name"
    raise InputError(f"{what} must be {NAME_RULE}, got {name!r}; {fix}")


def check_region(region: str) -> str:
    return _matching("--region", region, REGION)


def check_account(account: str | None) -> str | None:
    if account is not None and not re.fullmatch(ACCOUNT, account):
        raise InputError(f"--account must be the 12 digits of an AWS account, got {account!r}; change it")
    return account


def require_empty(folder: Path, *, shown: str) -> None:
    """It may be new, empty, or a clone of an empty repository."""
    if not folder.exists():
        return
    if not folder.is_dir():
        raise InputError(f"{shown} is a file; name a new or empty folder")
    found = sorted(path.name for path in folder.iterdir() if path.name not in ALLOWED)
    if found:
        names = ", ".join(found[:SHOWN]) + (f" and {len(found) - SHOWN} more" if len(found) > SHOWN else "")
        raise InputError(f"{shown} has files already: {names}; name a new or empty folder, nothing was written")


def write_files(folder: Path, files: Mapping[str, bytes]) -> None:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def _matching(option: str, value: str, pattern: str) -> str:
    if not re.fullmatch(pattern, value):
        raise InputError(f"{option} must be {PATTERN_IN_WORDS[pattern]}, got {value!r}; change it")
    return value
