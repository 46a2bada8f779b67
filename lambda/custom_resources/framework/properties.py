"""CloudFormation's properties, which are all strings, as typed values; errors name property, value and rule."""

from collections.abc import Mapping
from typing import Any

from kit_contract.errors import ResourceFailedError


class Properties:
    """Reads `values` by name. Raises ResourceFailedError for a property that is missing or malformed."""

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = values

    def text(self, name: str) -> str:
        value = self._values.get(name)
        if not isinstance(value, str) or not value:
            raise _fault(name, value, "a non-empty string")
        return value

    def optional_text(self, name: str) -> str | None:
        value = self._values.get(name)
        if value is not None and not isinstance(value, str):
            raise _fault(name, value, "a string or absent")
        return value or None

    def integer(self, name: str, *, minimum: int) -> int:
        value = self._values.get(name)
        try:
            number = int(str(value))
        except ValueError:
            raise _fault(name, value, f"a whole number of {minimum} or more") from None
        if number < minimum:
            raise _fault(name, value, f"a whole number of {minimum} or more")
        return number

    def boolean(self, name: str) -> bool:
        value = self._values.get(name, False)
        if str(value).lower() not in ("true", "false"):
            raise _fault(name, value, "true or false")
        return str(value).lower() == "true"

    def texts(self, name: str) -> list[str]:
        value = self._values.get(name)
        if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
            raise _fault(name, value, "a list of non-empty strings")
        return value

    def text_map(self, name: str) -> dict[str, str] | None:
        value = self._values.get(name)
        if value in (None, "", {}):
            return None
        if not isinstance(value, dict) or not all(isinstance(item, str) for item in value.values()):
            raise _fault(name, value, "a map of strings or absent")
        return value


def _fault(name: str, value: object, allowed: str) -> ResourceFailedError:
    return ResourceFailedError(f"property {name} must be {allowed}, got {value!r:.100}; correct it in the template")
