"""Between the Data API's typed values and PostgreSQL's.

https://docs.aws.amazon.com/rdsdataservice/latest/APIReference/API_SqlParameter.html: a string without a hint is sent as
character varying, so that a uuid or jsonb column refuses it without a cast. Types of results that the Data API doesn't
have, such as pgvector's, are refused: cast them to text.
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/data-api.troubleshooting.html
"""

import base64
import binascii
import datetime
import decimal
import json
import re
import uuid
from collections.abc import Callable
from typing import Any

from local_aws.extension.aurora.data_api_error import DataApiError

# A named parameter, or what may hold a colon without being one: a text, a name, a comment, a cast.
TOKENS = re.compile(
    r"'(?:[^']|'')*'|\"(?:[^\"]|\"\")*\"|\$(\w*)\$.*?\$\1\$|--[^\n]*|/\*.*?\*/|::|:(?P<name>[A-Za-z_]\w*)", re.DOTALL
)
HINTS: dict[str, Callable[[str], Any]] = {
    "UUID": uuid.UUID,
    "DATE": datetime.date.fromisoformat,
    "TIME": datetime.time.fromisoformat,
    "TIMESTAMP": datetime.datetime.fromisoformat,
    "DECIMAL": decimal.Decimal,
}
BOOLEAN, BYTES, DECIMAL = 16, 17, 1700
LONGS, DOUBLES = (20, 21, 23, 26), (700, 701)
# Names, texts, JSON, dates and times, uuid, and what has no type.
STRINGS = (19, 18, 25, 114, 1042, 1043, 1082, 1083, 1114, 1184, 1266, 2950, 3802, 2278, 705)
ARRAYS = {
    1000: "booleanValues",
    **dict.fromkeys((1005, 1007, 1016), "longValues"),
    **dict.fromkeys((1021, 1022), "doubleValues"),
    **dict.fromkeys((1002, 1003, 1009, 1015, 2951), "stringValues"),
}


def numbered(sql: str, parameters: list[dict[str, Any]]) -> tuple[str, list[Any]]:
    """The statement with $1, $2 ... in place of `:name`, and their values. Raises DataApiError."""
    given = {str(parameter.get("name")): parameter for parameter in parameters}
    names: list[str] = []

    def number(match: re.Match[str]) -> str:
        name: str | None = match["name"]
        if name is None:
            return match[0]
        if name not in given:
            raise DataApiError("BadRequestException", f"Cannot find parameter: {name}")
        if name not in names:
            names.append(name)
        return f"${names.index(name) + 1}"

    return TOKENS.sub(number, sql), [_value(given[name]) for name in names]


def _value(parameter: dict[str, Any]) -> Any:
    from psycopg.types.json import Json
    from psycopg.types.numeric import Float8, Int8

    kind, value = next(iter((parameter.get("value") or {}).items()), ("", None))
    hint = str(parameter.get("typeHint") or "")
    if kind == "isNull":
        return None
    if kind == "stringValue" and hint == "JSON":
        return Json(value, dumps=str)
    if kind == "stringValue" and hint:
        try:
            return HINTS[hint](str(value))
        except (ValueError, ArithmeticError, KeyError):
            raise DataApiError(
                "BadRequestException", f"{value!r} of parameter {parameter['name']} is no {hint}"
            ) from None
    makers: dict[str, Callable[[Any], Any]] = {
        "stringValue": str,
        "longValue": Int8,
        "doubleValue": Float8,
        "booleanValue": bool,
        "blobValue": _bytes,
    }
    if kind not in makers:
        reason = "Array parameters are not supported" if kind == "arrayValue" else "a parameter must have a value"
        raise DataApiError("BadRequestException", f"{reason}: {parameter.get('name')}")
    return makers[kind](value)


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise DataApiError("BadRequestException", "blobValue must be base64") from None


def field(oid: int, value: Any, *, decimal_as_number: bool = False, long_as_string: bool = False) -> dict[str, Any]:
    """A column's value as the Data API returns it. Raises DataApiError."""
    if value is None:
        return {"isNull": True}
    if oid == BOOLEAN:
        return {"booleanValue": value}
    if oid in LONGS:
        return {"stringValue": str(value)} if long_as_string else {"longValue": value}
    if oid in DOUBLES:
        return {"doubleValue": value}
    if oid == BYTES:
        return {"blobValue": base64.b64encode(value).decode()}
    if oid == DECIMAL:
        return _decimal(value) if decimal_as_number else {"stringValue": str(value)}
    if oid in ARRAYS:
        return {"arrayValue": {ARRAYS[oid]: [_element(item, ARRAYS[oid]) for item in value]}}
    return {"stringValue": text_of(oid, value)}


def text_of(oid: int, value: Any) -> str:
    """A value that the Data API returns as text. Raises DataApiError for a type that it doesn't have."""
    if oid not in STRINGS:
        raise DataApiError(
            "UnsupportedResultException", "The result contains an unsupported data type; cast it to text"
        )
    if oid in (114, 3802):
        return value if isinstance(value, str) else json.dumps(value)
    return str(value)


def _element(item: Any, kind: str) -> Any:
    if isinstance(item, list):
        raise DataApiError("UnsupportedResultException", "The result contains a multidimensional array")
    return str(item) if kind == "stringValues" and item is not None else item


def _decimal(value: decimal.Decimal) -> dict[str, Any]:
    whole = value.as_tuple().exponent == 0
    return {"longValue": int(value)} if whole else {"doubleValue": float(value)}
