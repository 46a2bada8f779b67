"""Reads training and validation files as Bedrock does: one bad record fails the job. Pure."""

import json
from typing import Any

from local_aws.extension.bedrock.customization.base_models import BASES

RESERVED = ("User:", "Bot:", "Assistant:", "System:", "<image>", "<video>", "[EOS]")
MAX_TOKENS = {"amazon": 32_000, "meta": 16_000}
CHARACTERS_PER_TOKEN = 6
MEDIA = ("image", "video")
Pairs = list[tuple[str, str]]


class TrainingDataError(Exception):
    """When the training data fails the job."""


def read_records(content: bytes, base: str) -> list[Pairs]:
    """The (question, answer) turns of every record. Raises TrainingDataError naming the line."""
    provider, (_, record_format, _, _) = base.split(".", 1)[0], BASES[base]
    records = []
    for number, line in enumerate(content.splitlines(), start=1):
        try:
            record = json.loads(line)
            turns = _converse(record, base) if record_format == "converse" else [_prompt_completion(record)]
            _check_text(json.dumps(record, ensure_ascii=False), provider)
        except (ValueError, KeyError, TypeError) as error:
            reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
            raise TrainingDataError(f"line {number}: {reason}") from None
        records.append(turns)
    return records


def check_count(training: int, validation: int, base: str) -> None:
    """Raise TrainingDataError unless Bedrock accepts this many records."""
    _, _, minimum, maximum = BASES[base]
    if training < minimum or training + validation > maximum:
        raise TrainingDataError(
            f"The dataset must have {minimum} to {maximum} records, validation included, got {training + validation}"
        )


def _prompt_completion(record: Any) -> tuple[str, str]:
    question, completion = record["prompt"], record["completion"]
    if not isinstance(question, str) or not isinstance(completion, str) or not question or not completion:
        raise ValueError("prompt and completion must be text that is not empty")
    return question, completion


def _converse(record: Any, base: str) -> Pairs:
    if not isinstance(record["messages"], list) or not isinstance(record.get("system", []), list):
        raise ValueError("messages and system must be lists")
    roles = [message["role"] for message in record["messages"]]
    if not roles or roles != ["user", "assistant"] * (len(roles) // 2):
        raise ValueError(f"roles must alternate, the first user and the last assistant, got {roles}")
    if not all(str(block["text"]).strip() for block in record.get("system", [])):
        raise ValueError("the system prompt is empty")
    texts = [_turn(message["content"], message["role"], base) for message in record["messages"]]
    return list(zip(texts[::2], texts[1::2], strict=True))


def _turn(content: Any, role: str, base: str) -> str:
    if not isinstance(content, list):
        raise ValueError(f"the content of the {role} turn must be a list of blocks")
    media_allowed = role == "user" and base.startswith("amazon.nova-") and "micro" not in base
    reasons = role == "assistant" and base.startswith("amazon.nova-2-")
    texts = []
    for block in content:
        if reasons and "reasoningContent" in block:
            str(block["reasoningContent"]["reasoningText"]["text"])  # missing: the job fails
        elif any(kind in block for kind in MEDIA):
            if not media_allowed:
                raise ValueError(f"images and videos are not allowed in the {role} turns of {base}")
        elif not isinstance(block["text"], str):
            raise ValueError(f"the text of the {role} turn is not text")
        else:
            texts.append(block["text"])
    if not "".join(texts).strip():
        raise ValueError(f"the {role} turn is empty")
    return " ".join(texts)


def _check_text(text: str, provider: str) -> None:
    max_tokens = MAX_TOKENS[provider]
    if provider == "amazon" and (word := next((word for word in RESERVED if word in text), None)):
        raise ValueError(f"the reserved word {word} is not allowed")
    if len(text) / CHARACTERS_PER_TOKEN > max_tokens:
        raise ValueError(f"Maximum input token count {len(text) // CHARACTERS_PER_TOKEN} exceeds limit of {max_tokens}")
