"""RetrievalFilter: what Bedrock and the vector index refuse, and which documents match.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html: a union of operators;
notEquals also returns documents without the key. An S3 Vectors index has no operator for prefixes and substrings,
compares numbers only with numbers, matches a list if one of its elements does, and refuses keys that are not
filterable: https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-vectors-metadata-filtering.html. Bedrock's messages
are not published.
"""

from typing import Any

from local_aws.extension.bedrock.responses import BedrockError

GROUPS = ("andAll", "orAll")
NUMBERS = ("greaterThan", "greaterThanOrEquals", "lessThan", "lessThanOrEquals")
LISTS = ("in", "notIn")
TEXTS = ("startsWith", "stringContains")
OPERATORS = (*GROUPS, *NUMBERS, *LISTS, *TEXTS, "equals", "notEquals", "listContains")
KEY_CHARACTERS = 100
Filter = dict[str, Any]


def check_filter(condition: Any, index: dict[str, Any] | None) -> None:
    """Raise BedrockError for a filter that Bedrock, or S3 Vectors if `index` is one, refuses."""
    if not isinstance(condition, dict) or len(condition) != 1 or next(iter(condition)) not in OPERATORS:
        raise _refused(f"a filter must have one of {', '.join(OPERATORS)}")
    operator, operand = next(iter(condition.items()))
    if operator in GROUPS:
        if not isinstance(operand, list) or len(operand) < 2:
            raise _refused(f"{operator} must have at least 2 filters")
        for part in operand:
            check_filter(part, index)
        return
    if not isinstance(operand, dict) or "value" not in operand:
        raise _refused(f"{operator} must have a key and a value")
    key = operand.get("key")
    if not isinstance(key, str) or not 0 < len(key) <= KEY_CHARACTERS:
        raise _refused(f"the key of {operator} must have 1 to {KEY_CHARACTERS} characters")
    if index is not None:
        _check_index(operator, key, operand["value"], index)


def _check_index(operator: str, key: str, value: Any, index: dict[str, Any]) -> None:
    hidden = (index.get("MetadataConfiguration") or {}).get("NonFilterableMetadataKeys") or []
    if operator in TEXTS:
        raise _refused(f"{operator} is not supported by S3 Vectors")
    if key in hidden:
        raise _refused(f"the metadata key {key} is not filterable")
    if operator in NUMBERS and not _is_number(value):
        raise _refused(f"{operator} takes a number")
    if operator in LISTS and not (isinstance(value, list) and value and all(_is_plain(item) for item in value)):
        raise _refused(f"{operator} takes a list of strings, numbers or booleans that is not empty")
    if operator in ("equals", "notEquals", "listContains") and not _is_plain(value):
        raise _refused(f"{operator} takes a string, number or boolean")


def matches(condition: Filter, metadata: dict[str, Any]) -> bool:
    """Whether a document with this metadata passes a filter that check_filter has accepted."""
    operator, operand = next(iter(condition.items()))
    if operator in GROUPS:
        results = [matches(part, metadata) for part in operand]
        return all(results) if operator == "andAll" else any(results)
    if operator in ("notEquals", "notIn"):
        return not _matches_one({"notEquals": "equals", "notIn": "in"}[operator], operand, metadata)
    return _matches_one(operator, operand, metadata)


def _matches_one(operator: str, operand: Filter, metadata: dict[str, Any]) -> bool:
    if operand["key"] not in metadata:
        return False
    held, value = metadata[operand["key"]], operand["value"]
    elements = held if isinstance(held, list) else [held]
    if operator == "in":
        return any(_same(element, item) for element in elements for item in value)
    if operator in NUMBERS:
        return _is_number(held) and _compares(operator, held, value)
    if operator == "startsWith":
        return isinstance(held, str) and held.startswith(value)
    if operator == "stringContains":
        return any(isinstance(element, str) and value in element for element in elements)
    if operator == "listContains" and not isinstance(held, list):
        return False
    return any(_same(element, value) for element in elements)


def _compares(operator: str, held: float, value: float) -> bool:
    if operator.startswith("greaterThan"):
        return held > value or (operator.endswith("OrEquals") and held == value)
    return held < value or (operator.endswith("OrEquals") and held == value)


def _same(one: Any, other: Any) -> bool:
    """In Python, True equals 1; in a filter it does not."""
    return bool(one == other) and isinstance(one, bool) == isinstance(other, bool)


def _is_plain(value: Any) -> bool:
    return isinstance(value, str | int | float)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _refused(reason: str) -> BedrockError:
    return BedrockError("ValidationException", f"The provided request is not valid: invalid query filter: {reason}")
