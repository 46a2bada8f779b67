"""Is a file of another shape than the base model's record format? Its first record tells. Pure."""

from typing import Any

from kit_contract.dataset_limits import IMAGE_CAPTION, PROMPT_COMPLETION, REINFORCEMENT_PROMPTS
from training_data.checking.model_rules import ModelRules
from training_data.sources.shapes import ANSWER_KEYS, PROMPT_KEYS, shape_of
from training_data.strict_json import STRICT


def other_shape(line: bytes, rules: ModelRules) -> str:
    """The fault of the whole file, empty where the record is of the format, however broken, or of none."""
    try:
        record = STRICT.decode(line.decode("utf-8"))
        shape = shape_of(record) if isinstance(record, dict) else ""
    except (ValueError, RecursionError):
        return ""
    if not shape or _is_of(record, shape, rules.limits.record_format):
        return ""
    method = " --method reinforcement-fine-tuning" if rules.limits.record_format == REINFORCEMENT_PROMPTS else ""
    fix = f"run kit data convert FILE --model {rules.base_model}{method} --output train.jsonl"
    return f"begins with a record of the shape {shape}, this model takes {rules.limits.record_format}; {fix}"


def _is_of(record: dict[str, Any], shape: str, record_format: str) -> bool:
    if record_format == IMAGE_CAPTION:  # nothing is converted to it
        return True
    if record_format == PROMPT_COMPLETION:
        pair = record.keys() & PROMPT_KEYS and record.keys() & ANSWER_KEYS
        return shape == "labelled" and (not pair or {"prompt", "completion"} <= record.keys())
    if record_format == REINFORCEMENT_PROMPTS:
        return "messages" in record and "schemaVersion" not in record
    return "messages" in record and ("schemaVersion" in record or not _is_openais(record["messages"]))


def _is_openais(messages: Any) -> bool:
    first = messages[0] if isinstance(messages, list) and messages else None
    return isinstance(first, dict) and isinstance(first.get("content"), str)
