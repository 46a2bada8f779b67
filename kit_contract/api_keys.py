"""The keys of the inference API in their secret: `kit keys` writes them, the authorizer reads them.

The secret has up to two values. AWSCURRENT is what the stack made, or what people wrote by hand: one key as text, or
{"keys": {name: key}}. The version with the staging label KIT_STAGE is written by `kit keys` only, checked and with
hashes instead of keys; as soon as it exists, it alone counts. An edit by hand moves AWSCURRENT, never this label.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Any

CURRENT_STAGE, PREVIOUS_STAGE = "AWSCURRENT", "AWSPREVIOUS"
KIT_STAGE = "BEDROCK_KIT_KEYS"
DEFAULT_NAME = "default"  # the key that the stack makes
FORMAT = 1
LAST = 4  # characters of a key that lists show
# https://docs.aws.amazon.com/secretsmanager/latest/userguide/reference_limits.html
SECRET_BYTES = 65_536
# Of an API key in API Gateway: https://docs.aws.amazon.com/apigateway/latest/api/API_CreateApiKey.html
KEY_LENGTHS = range(20, 129)


class KeysFaultError(ValueError):
    """When a value of the secret can't be read. The message names the fault and never contains a key."""


class Replaced:
    """A key that a rotation has replaced, valid until this time (seconds since 1970)."""

    def __init__(self, sha256: str, until: int) -> None:
        self.sha256 = sha256
        self.until = until


class ApiKey:
    """`usage`: the value of the name's key in API Gateway, which counts its requests and opens nothing.

    `usage_id`: its id, if `kit keys` made it.
    """

    def __init__(
        self,
        sha256: str,
        usage: str,
        last4: str,
        usage_id: str | None = None,
        created: str | None = None,
        replaced: tuple[Replaced, ...] = (),
    ) -> None:
        self.sha256 = sha256
        self.usage = usage
        self.last4 = last4
        self.usage_id = usage_id
        self.created = created
        self.replaced = replaced

    def changed(self, **fields: Any) -> ApiKey:
        """The same key with other values of some fields."""
        return ApiKey(**{**vars(self), **fields})


class CurrentKeys:
    """What is right in a value that people may have written. `faults`: name, or "" for the value itself -> fault."""

    def __init__(self, keys: Mapping[str, ApiKey], faults: Mapping[str, str]) -> None:
        self.keys = keys
        self.faults = faults


def hash_of(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


def api_key(key: str, *, usage: str, usage_id: str | None = None, created: str | None = None) -> ApiKey:
    return ApiKey(hash_of(key), usage, key[-LAST:], usage_id, created)


def read_current(secret: str) -> CurrentKeys:
    """The keys of AWSCURRENT, which API Gateway knows by their own values."""
    text = secret.strip()
    if not text:
        return CurrentKeys({}, {"": "it is empty"})
    if text[0] not in '{["':
        fault = _fault_of(text)
        return CurrentKeys({}, {"": fault}) if fault else CurrentKeys({DEFAULT_NAME: api_key(text, usage=text)}, {})
    try:
        pairs = _pairs(text)
    except KeysFaultError as error:
        return CurrentKeys({}, {"": str(error)})
    return _read_pairs(pairs)


def _read_pairs(pairs: _Pairs) -> CurrentKeys:
    keys: dict[str, ApiKey] = {}
    faults: dict[str, str] = {}
    for name, value in pairs:
        fault = _fault_of(value)
        if name in keys or name in faults:
            fault = "the name is there twice"
        elif not fault and any(key.usage == value for key in keys.values()):
            fault = "another name has the same key"
        if fault:
            faults[name] = fault
            keys.pop(name, None)
        else:
            keys[name] = api_key(value, usage=value)
    return CurrentKeys(keys, faults if pairs else {"": "it has no keys"})


def _fault_of(key: Any) -> str:
    if not isinstance(key, str):
        return f"the key must be a string, got {type(key).__name__}"
    if key.split() != [key] or len(key) not in KEY_LENGTHS:
        return f"the key must have {KEY_LENGTHS[0]} to {KEY_LENGTHS[-1]} characters and no spaces, got {len(key)}"
    return ""


class _Pairs(list["tuple[str, Any]"]):
    """A JSON object with every pair, since `dict` keeps only the last of a name."""


def _pairs(text: str) -> _Pairs:
    try:
        document = json.loads(text, object_pairs_hook=_Pairs)
    except json.JSONDecodeError as error:
        raise KeysFaultError(f"it is not valid JSON: {error.msg} (line {error.lineno}, column {error.colno})") from None
    except RecursionError:
        raise KeysFaultError("it is not valid JSON: too many levels") from None
    given = [value for name, value in document if name == "keys"] if isinstance(document, _Pairs) else []
    if len(given) != 1 or not isinstance(given[0], _Pairs):
        raise KeysFaultError('it must be one key as text, or {"keys": {"NAME": "KEY"}}')
    return given[0]


def read_managed(secret: str) -> dict[str, ApiKey]:
    """The keys of the version with KIT_STAGE. Raises KeysFaultError."""
    try:
        document = json.loads(secret)
        if document["format"] != FORMAT:
            raise KeysFaultError(f"its format is not {FORMAT}; a newer version of the kit wrote it")
        return {str(name): _read(entry) for name, entry in document["keys"].items()}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        known = isinstance(error, KeysFaultError)
        raise KeysFaultError(str(error) if known else "it is not what kit keys writes") from None


def _read(entry: Mapping[str, Any]) -> ApiKey:
    replaced = tuple(Replaced(str(item["sha256"]), int(item["until"])) for item in entry["replaced"])
    made = {name: entry[name] for name in ("usage_id", "created")}
    return ApiKey(str(entry["sha256"]), str(entry["usage"]), str(entry["last4"]), **made, replaced=replaced)


def write_managed(keys: Mapping[str, ApiKey]) -> str:
    """Raises KeysFaultError if the secret could not hold them."""
    entries = {
        name: {**vars(key), "replaced": [vars(item) for item in key.replaced]} for name, key in sorted(keys.items())
    }
    text = json.dumps({"format": FORMAT, "keys": entries}, separators=(",", ":"))
    if len(text) > SECRET_BYTES:  # ASCII
        raise KeysFaultError(f"{len(keys)} keys need {len(text):,} bytes, and a secret holds {SECRET_BYTES:,}")
    return text
