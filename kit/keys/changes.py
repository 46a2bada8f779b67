"""The changes of `kit keys`, as functions of the keys: they run again if somebody else was faster."""

import re
import secrets
from datetime import UTC, datetime

from deployment.sections.section import NAME, PATTERN_IN_WORDS
from kit.keys.secret import Keys
from kit.keys.usage_keys import UsageKey
from kit_contract.api_keys import LAST, ApiKey, Replaced, api_key, hash_of
from kit_contract.errors import InputError

PREFIX = "bk-"
RANDOM_BYTES = 32
UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MAX_GRACE_DAYS = 90


def new_key() -> str:
    return PREFIX + secrets.token_urlsafe(RANDOM_BYTES)


def check_new(keys: Keys, name: str) -> None:
    """Raises InputError for a name that can't be added."""
    if not re.fullmatch(NAME, name):
        raise InputError(f"NAME must be {PATTERN_IN_WORDS[NAME]}, got {name!r}")
    if name in keys:
        raise InputError(f"{name} exists already; choose another name, or replace its key: kit keys rotate {name}")


def added(keys: Keys, name: str, key: str, usage: UsageKey, now: float) -> Keys:
    check_new(keys, name)
    return {**keys, name: api_key(key, usage=usage.value, usage_id=usage.id, created=_time(now))}


def rotated(keys: Keys, name: str, key: str, grace_seconds: int, now: float) -> Keys:
    old = known(keys, name)
    still = [item for item in old.replaced if grace_seconds and item.until > now]
    if grace_seconds:
        still.append(Replaced(old.sha256, int(now) + grace_seconds))
    new = old.changed(sha256=hash_of(key), last4=key[-LAST:], created=_time(now), replaced=tuple(still))
    return {**keys, name: new}


def removed(keys: Keys, name: str) -> Keys:
    known(keys, name)
    return {other: key for other, key in keys.items() if other != name}


def known(keys: Keys, name: str) -> ApiKey:
    """Raises InputError for a name that does not exist."""
    if name not in keys:
        raise InputError(f"there is no key {name!r}; the keys are: {', '.join(sorted(keys)) or 'none'}")
    return keys[name]


def seconds_of(grace: str) -> int:
    """`24h` -> 86400. Raises InputError."""
    found = re.fullmatch(r"(\d{1,6})([smhd])|0", grace)
    seconds = int(found[1] or 0) * UNITS[found[2] or "s"] if found else -1
    if not 0 <= seconds <= MAX_GRACE_DAYS * UNITS["d"]:
        raise InputError(
            f"--grace must be 0 or a time such as 30m, 24h or 7d, at most {MAX_GRACE_DAYS}d, got {grace!r}"
        )
    return seconds


def _time(seconds: float) -> str:
    return datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
