"""The API keys, read from their secret. A value that can't be read never replaces one that could."""

from __future__ import annotations

import hmac
import json
import sys
from collections.abc import Callable, Mapping

from inference_api.failures import failure_name, service_code
from kit_contract.api_keys import (
    CURRENT_STAGE,
    KIT_STAGE,
    PREVIOUS_STAGE,
    ApiKey,
    KeysFaultError,
    hash_of,
    read_current,
    read_managed,
)

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Protocol

    class Secret(Protocol):
        def get_secret_value(self, stage: str) -> str:
            """The value with this staging label, empty if it is binary. Raises AwsError, OSError."""
            ...


CACHE_SECONDS = 60.0
RETRY_SECONDS = 5.0  # after a failure to read the secret, and for a key that is not among those of the last time

Keys = Mapping[str, ApiKey]
Faults = Mapping[str, str]


class Caller:
    """`usage`: the key in API Gateway that counts the caller's requests."""

    def __init__(self, name: str, usage: str) -> None:
        self.name = name
        self.usage = usage


class ApiKeys:
    """The API keys of one secret, read again after CACHE_SECONDS.

    `wall_clock`: seconds since 1970.

    An unknown key has them read again after RETRY_SECONDS, since it may be new: wrong keys cause few reads.
    """

    def __init__(self, secret: Secret, clock: Callable[[], float], wall_clock: Callable[[], float]) -> None:
        self._secret = secret
        self._clock = clock
        self._wall_clock = wall_clock
        self._read_at = float("-inf")
        self._pause = CACHE_SECONDS
        self._keys: Keys | None = None

    def caller_with(self, candidate: str) -> Caller | None:
        """Raises AwsError or OSError only if no key has been read yet."""
        given = hash_of(candidate)
        found = self._match(self._current(self._pause), given)
        return found or self._match(self._current(RETRY_SECONDS), given)

    def _match(self, keys: Keys, given: str) -> Caller | None:
        """Compares every hash in constant time."""
        found, now = None, self._wall_clock()
        for name, key in keys.items():
            valid = [key.sha256, *(item.sha256 for item in key.replaced if now < item.until)]
            if any([hmac.compare_digest(item, given) for item in valid]):
                found = Caller(name, key.usage)
        return found

    def _current(self, age: float) -> Keys:
        if self._keys is None or self._clock() - self._read_at >= age:
            self._keys = self._refreshed()
        return self._keys

    def _refreshed(self) -> Keys:
        """Logs what is wrong with the secret, once for each time it is read."""
        self._pause = CACHE_SECONDS
        try:
            keys, stage, faults = self._read()
        except Exception as failure:
            if self._keys is None:
                raise
            keys, stage, faults = self._keys, "", {"": f"it cannot be read: {failure_name(failure)}"}
            self._pause = RETRY_SECONDS
        self._read_at = self._clock()
        if faults:
            line = {"event": "api_keys", "secret_stage": stage, "faults": dict(faults), "keys_in_use": sorted(keys)}
            print(json.dumps(line), file=sys.stderr, flush=True)
        return keys

    def _read(self) -> tuple[Keys, str, Faults]:
        managed = self._value(KIT_STAGE)
        if managed is not None:
            try:
                return read_managed(managed), KIT_STAGE, {}
            except KeysFaultError as error:  # no other value: it may hold keys that were removed
                return self._keys or {}, KIT_STAGE, {"": str(error)}
        current = read_current(self._value(CURRENT_STAGE) or "")
        if not current.faults:
            return current.keys, CURRENT_STAGE, {}
        last = self._keys if self._keys is not None else read_current(self._value(PREVIOUS_STAGE) or "").keys
        if "" in current.faults:
            return last, CURRENT_STAGE, current.faults
        kept = {name: last[name] for name in current.faults if name in last}
        return {**kept, **current.keys}, CURRENT_STAGE, current.faults

    def _value(self, stage: str) -> str | None:
        """None if no version has this label. An empty text if it is binary."""
        try:
            return self._secret.get_secret_value(stage)
        except Exception as error:
            if stage != CURRENT_STAGE and service_code(error) == "ResourceNotFoundException":
                return None
            raise
