"""A RetrievalFilter as a condition on the jsonb column of custom metadata. Pure.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalFilter.html: startsWith works with
OpenSearch Serverless only; notEquals and notIn also return what has no such key. Bedrock's own SQL is not published.
"""

import json
from collections.abc import Iterator
from itertools import count
from typing import Any

from local_aws.extension.bedrock.responses import BedrockError

COMPARISONS = {"greaterThan": ">", "greaterThanOrEquals": ">=", "lessThan": "<", "lessThanOrEquals": "<="}
GROUPS = {"andAll": " AND ", "orAll": " OR "}
NEGATED = {"notEquals": "equals", "notIn": "in"}


def condition(given: dict[str, Any], column: str) -> tuple[str, dict[str, Any]]:
    """The SQL, and the values of its parameters. `given` is a filter that check_filter has accepted."""
    values: dict[str, Any] = {}
    return _condition(given, column, values, count()), values


def _condition(given: dict[str, Any], column: str, values: dict[str, Any], numbers: Iterator[int]) -> str:
    operator, operand = next(iter(given.items()))
    if operator in GROUPS:
        return f"({GROUPS[operator].join(_condition(part, column, values, numbers) for part in operand)})"
    if operator in NEGATED:
        return f"NOT COALESCE({_condition({NEGATED[operator]: operand}, column, values, numbers)}, FALSE)"
    number = next(numbers)
    key, value = f"key{number}", f"value{number}"
    values[key] = operand["key"]
    held = f"({column} -> :{key})"
    if operator in COMPARISONS:
        values[value] = _number(operator, operand["value"])
        compared = f"CAST({column} ->> :{key} AS double precision) {COMPARISONS[operator]} :{value}"
        return f"(CASE WHEN jsonb_typeof({held}) = 'number' THEN {compared} ELSE FALSE END)"
    if operator == "stringContains":
        values[value] = str(operand["value"])
        return f"position(:{value} IN {column} ->> :{key}) > 0"
    values[value] = json.dumps(operand["value"])
    asked = f"CAST(:{value} AS jsonb)"
    sql = {
        "equals": f"{held} = {asked}",
        "in": f"(jsonb_typeof({held}) NOT IN ('array', 'object') AND {asked} @> {held})",
        "listContains": f"(jsonb_typeof({held}) = 'array' AND {held} @> {asked})",
    }
    if operator not in sql:
        raise _refused(f"{operator} is not supported by Amazon Aurora")
    return sql[operator]


def _number(operator: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise _refused(f"{operator} takes a number")
    return float(value)


def _refused(reason: str) -> BedrockError:
    return BedrockError("ValidationException", f"The provided request is not valid: invalid query filter: {reason}")
