"""Typed access to the fields of a request body. An invalid field is a 400 that names it."""

from __future__ import annotations

import json
import math
from collections.abc import Collection, Mapping
from typing import Any

from inference_api.errors import ApiError


def strict_json(content: bytes | str) -> Any:
    """Raises ValueError also for numbers that Python reads and JSON does not have: NaN, Infinity, 1e999."""
    return json.loads(content, parse_constant=_finite, parse_float=_finite)


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise ValueError(f"{number} is not a number of JSON")
    return value


def invalid(param: str, message: str, *, code: str = "invalid_value") -> ApiError:
    return ApiError(400, code, message, param=param)


def refuse_others(body: Mapping[str, Any], known: Collection[str], *, where: str = "") -> None:
    """Raises ApiError 400 for a field that the request does not have: an ignored one could change the answer."""
    for name in body:
        if name not in known:
            message = f"{where}{name} is not a field of this request; use only {', '.join(dict.fromkeys(known))}"
            raise invalid(where + name, message, code="unknown_field")


def text(body: Mapping[str, Any], name: str, *, max_length: int | None = None, where: str = "") -> str:
    """A required string that is not blank."""
    value = body.get(name)
    name = where + name
    if value is None:
        raise invalid(name, f"{name} is missing; add it as a string", code="missing_field")
    if not isinstance(value, str) or not value.strip():
        raise invalid(name, f"{name} must be a string that is not empty, got {_shown(value)}")
    if max_length is not None and len(value) > max_length:
        raise invalid(name, f"{name} must be at most {max_length} characters, got {len(value)}; shorten it")
    return value


def optional_text(body: Mapping[str, Any], name: str, *, where: str = "") -> str | None:
    return None if body.get(name) is None else text(body, name, where=where)


def flag(body: Mapping[str, Any], name: str, *, where: str = "") -> bool | None:
    value = body.get(name)
    if value is None or isinstance(value, bool):
        return value
    raise invalid(where + name, f"{where}{name} must be true or false, got {_shown(value)}")


def optional_object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Empty if the field is missing."""
    value = body.get(name)
    if value is None or isinstance(value, dict):
        return value or {}
    raise invalid(name, f"{name} must be an object, got {_shown(value)}")


def integer(body: Mapping[str, Any], name: str, *, low: int, high: int) -> int | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, float) and value.is_integer():
        value = int(value)  # many languages have no other numbers
    if isinstance(value, bool) or not isinstance(value, int) or not low <= value <= high:
        raise invalid(name, f"{name} must be a whole number from {low} to {high}, got {_shown(value)}")
    return value


def number(body: Mapping[str, Any], name: str, *, low: float, high: float) -> float | None:
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        raise invalid(name, f"{name} must be a number from {low:g} to {high:g}, got {_shown(value)}")
    return float(value)


def items(body: Mapping[str, Any], name: str, *, where: str = "") -> list[dict[str, Any]]:
    """A list of objects, empty if the field is missing."""
    value = body.get(name)
    if value is None:
        return []
    if not isinstance(value, list):
        raise invalid(where + name, f"{where}{name} must be a list of objects, got {_shown(value)}")
    for index, item in enumerate(value):
        if not isinstance(item, dict):
            raise invalid(f"{where}{name}", f"{where}{name}[{index}] must be an object, got {_shown(item)}")
    return value


def _shown(value: Any) -> str:
    """The value if it is a number or boolean, else only its type: a string may be part of a prompt."""
    if isinstance(value, str) and not value.strip():
        return "an empty one"
    return str(value) if isinstance(value, int | float) else type(value).__name__
