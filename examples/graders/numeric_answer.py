"""A grader for questions with one right answer: 1 if the response ends in it, 0.1 if it gives another number, else 0.

The answer is the last number of the response ("Together that is 1,200 g." -> 1200) or, where the reference is no
number, its last line. `reference_answer` is a number, a text, or {"final_answer": ...}.
"""

import re
from decimal import Decimal
from typing import Any

NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")
RIGHT, WRONG_NUMBER, NO_ANSWER = 1.0, 0.1, 0.0


def lambda_handler(samples: list[dict[str, Any]], context: object) -> list[dict[str, Any]]:
    """Called by Bedrock with a list of samples; returns a score for each of them, by its id."""
    return [_graded(sample) for sample in samples]


def _graded(sample: dict[str, Any]) -> dict[str, Any]:
    score = reward(_response(sample), _reference(sample))
    metric = {"name": "right_answer", "value": float(score == RIGHT), "type": "Metric"}
    return {"id": sample["id"], "aggregate_reward_score": score, "metrics_list": [metric]}


def reward(response: str, reference: Any) -> float:
    """The score of one response."""
    wanted = _last_number(str(reference))
    if wanted is None:
        lines = response.strip().splitlines()
        return RIGHT if lines and _plain(lines[-1]) == _plain(str(reference)) else NO_ANSWER
    given = _last_number(response)
    if given is None:
        return NO_ANSWER
    return RIGHT if given == wanted else WRONG_NUMBER


def _last_number(text: str) -> Decimal | None:
    found = NUMBER.findall(text)
    return Decimal(found[-1].replace(",", "")) if found else None


def _plain(text: str) -> str:
    return re.sub(r"\W+", " ", text).strip().casefold()


def _response(sample: dict[str, Any]) -> str:
    content = sample["messages"][-1]["content"]
    return content if isinstance(content, str) else "".join(block.get("text", "") for block in content)


def _reference(sample: dict[str, Any]) -> Any:
    """Bedrock passes what a record has beside its messages as metadata; SageMaker leaves it where it is."""
    reference = {**sample, **sample.get("metadata", {})}["reference_answer"]
    return reference.get("final_answer", reference) if isinstance(reference, dict) else reference
