"""A grader for answers in JSON: 0.5 if the response is JSON that fits the record's schema, 1 if it is right as well.

A response in a code block is taken, text around it is not. `schema` and `reference_answer` are those of the record;
without a schema, any JSON object fits. Of JSON Schema, this file knows type, properties, additionalProperties,
required, items and enum.
"""

import json
import re
from typing import Any

RIGHT, FITS, NO_JSON = 1.0, 0.5, 0.0
BLOCK = re.compile(r"```(?:json)?\s*(.*?)\s*```", re.DOTALL)
TYPES: dict[str, Any] = {
    "object": dict,
    "array": list,
    "string": str,
    "number": (int, float),
    "integer": int,
    "boolean": bool,
    "null": type(None),
}


def lambda_handler(samples: list[dict[str, Any]], context: object) -> list[dict[str, Any]]:
    """Called by Bedrock with a list of samples; returns a score for each of them, by its id."""
    return [_graded(sample) for sample in samples]


def _graded(sample: dict[str, Any]) -> dict[str, Any]:
    record = {**sample, **sample.get("metadata", {})}
    score = reward(_response(sample), record.get("schema", {"type": "object"}), record.get("reference_answer"))
    metric = {"name": "valid_json", "value": float(score >= FITS), "type": "Metric"}
    return {"id": sample["id"], "aggregate_reward_score": score, "metrics_list": [metric]}


def reward(response: str, schema: dict[str, Any], reference: Any = None) -> float:
    """The score of one response."""
    block = BLOCK.fullmatch(response.strip())
    try:
        value = json.loads(block[1] if block else response)
    except ValueError:
        return NO_JSON
    if not fits(value, schema):
        return NO_JSON
    if isinstance(reference, str):
        try:
            reference = json.loads(reference)
        except ValueError:
            return FITS
    return RIGHT if value == reference else FITS


def fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether the value has the type, the properties, the items and one of the values that the schema asks for."""
    kind = schema.get("type")
    if kind and not isinstance(value, TYPES[kind]):
        return False
    if isinstance(value, bool) and kind in ("number", "integer"):  # Python's bool is an int
        return False
    if "enum" in schema and value not in schema["enum"]:
        return False
    if isinstance(value, list):
        return all(fits(item, schema.get("items", {})) for item in value)
    if not isinstance(value, dict):
        return True
    properties = schema.get("properties", {})
    if not schema.get("additionalProperties", True) and set(value) - set(properties):
        return False
    return all(name in value for name in schema.get("required", [])) and all(
        fits(item, properties.get(name, {})) for name, item in value.items()
    )


def _response(sample: dict[str, Any]) -> str:
    content = sample["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)
