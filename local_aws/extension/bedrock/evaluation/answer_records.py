"""The records of a job over answers that exist, as Bedrock's user guide wants them. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-prompt-datasets-judge.html
The guide has the rules; the words of the messages are not documented.
"""

import json
from typing import Any

from kit_contract.evaluation_jobs import MOST_RECORDS

Record = dict[str, Any]


class DatasetError(Exception):
    """Fails the job with this message."""


def read_records(content: bytes, source: str) -> list[Record]:
    """Raises DatasetError."""
    lines = [line for line in content.splitlines() if line.strip()]
    if not 1 <= len(lines) <= MOST_RECORDS:
        raise DatasetError(f"The prompt dataset must have 1 to {MOST_RECORDS} prompts, got {len(lines)}")
    return [_record(number, line, source) for number, line in enumerate(lines, start=1)]


def _record(number: int, line: bytes, source: str) -> Record:
    try:
        record = json.loads(line)
    except ValueError:
        raise DatasetError(f"Line {number} of the prompt dataset is no valid JSON object") from None
    if not isinstance(record, dict) or not isinstance(record.get("prompt"), str) or not record["prompt"]:
        raise DatasetError(f"Line {number} of the prompt dataset has no prompt")
    if unknown := set(record) - {"prompt", "referenceResponse", "category", "modelResponses"}:
        raise DatasetError(f"Line {number} of the prompt dataset has unknown keys: {', '.join(sorted(unknown))}")
    responses = record.get("modelResponses")
    if not isinstance(responses, list) or len(responses) != 1:
        raise DatasetError(f"Line {number} of the prompt dataset must have one model response")
    response = responses[0]
    if not isinstance(response.get("response"), str) or not response["response"]:
        raise DatasetError(f"Line {number} of the prompt dataset has no response")
    if response.get("modelIdentifier") != source:
        given = response.get("modelIdentifier")
        raise DatasetError(f"Line {number} of the prompt dataset has modelIdentifier {given}, the job has {source}")
    found: Record = record
    return found
