"""Answers as records of an evaluation job, and the job's results as scores of answers. Pure.

Two equal answers to one question are one record: it is judged once, whoever gave it.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-prompt-datasets-judge.html
https://docs.aws.amazon.com/bedrock/latest/userguide/model-evaluation-report-s3.html
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from customization.evaluation.answers import Row
from customization.evaluation.converse import EvaluationError
from kit_contract.counted import counted
from kit_contract.evaluation_jobs import ABSENCE, METRICS
from training_data.held_out import Question

# Score of each record of a job by its key; None where the metric does not apply, as Bedrock's judges may say.
Judged = Mapping[str, float | None]
FEWEST = 10  # scored records, as an evaluation needs 10 records


class Judgeable(NamedTuple):
    """One record of a job. A model's refusal or silence makes none: it scores 0, and no judge is paid for it."""

    prompt: str
    reference: str
    response: str

    @property
    def key(self) -> str:
        """By words: white space may not come back as it was sent."""
        words = [" ".join(text.split()) for text in self]
        return hashlib.sha256(json.dumps(words).encode()).hexdigest()[:32]


def judgeable(question: Question, answer: Mapping[str, Any]) -> Judgeable | None:
    if "error" in answer or not answer["text"].strip():
        return None
    system = "\n\n".join(block["text"] for block in question.system)
    asked = question.text if len(question.messages) > 1 else question.messages[0]["content"][0]["text"]
    return Judgeable(f"{system}\n\n{asked}".lstrip(), question.reference, answer["text"])


def records_of(questions: Sequence[Question], rows: Sequence[Row]) -> dict[str, dict[str, Judgeable]]:
    """Role -> its records by key. What the candidate says too is judged with the candidate's."""
    found: dict[str, dict[str, Judgeable]] = {}
    for role in ("candidate", "baseline"):
        said = (judgeable(question, row[role]) for question, row in zip(questions, rows, strict=True))
        known = found.get("candidate", {})
        found[role] = {item.key: item for item in said if item and item.key not in known}
    return found


def dataset(records: Iterable[Judgeable], source: str) -> bytes:
    """JSON Lines; `source` is the one modelIdentifier that a job may have."""
    return b"".join(
        json.dumps(
            {
                "prompt": record.prompt,
                "referenceResponse": record.reference,
                "modelResponses": [{"response": record.response, "modelIdentifier": source}],
            },
            ensure_ascii=False,
        ).encode()
        + b"\n"
        for record in records
    )


def results_of(files: Iterable[bytes], metrics: Sequence[str]) -> dict[str, dict[str, float | None]]:
    """Metric -> score by key, from the files of a job's output. Raises EvaluationError for what is no score."""
    names = {METRICS[name]: name for name in metrics}
    found: dict[str, dict[str, float | None]] = {name: {} for name in metrics}
    for line in (line for file in files for line in file.splitlines() if line.strip()):
        result = json.loads(line)
        given, answers = result["inputRecord"], result.get("modelResponses") or result["inputRecord"]["modelResponses"]
        key = Judgeable(given["prompt"], given.get("referenceResponse", ""), answers[0]["response"]).key
        for score in result["automatedEvaluationResult"]["scores"]:
            if name := names.get(score["metricName"]):
                found[name][key] = _score(name, score.get("result"))
    return found


def _score(name: str, result: float | None) -> float | None:
    if result is None:
        return None
    if not 0 <= result <= 1:
        raise EvaluationError(f"{METRICS[name]} must be from 0 to 1, got {result}; this release can't read the results")
    return 1.0 - result if name.startswith(ABSENCE) else float(result)


def paired_scores(
    questions: Sequence[Question], rows: Sequence[Row], judged: Mapping[str, Judged], needed: Iterable[str]
) -> tuple[dict[str, list[float]], dict[str, list[float]]]:
    """Metric -> scores of candidate and baseline, of the records where both have one.

    Raises EvaluationError for a metric of `needed`, which has a threshold, with fewer than 10 of them.
    """
    candidate, baseline = {}, {}
    for name, scores in judged.items():
        pairs = [
            [_of(scores, judgeable(question, row[role])) for role in ("candidate", "baseline")]
            for question, row in zip(questions, rows, strict=True)
        ]
        both = [(one, other) for one, other in pairs if one is not None and other is not None]
        if name in needed and len(both) < FEWEST:
            raise EvaluationError(
                f"{name}: the evaluation jobs scored {len(both)} of {counted(len(rows), 'record')}, and {FEWEST} are "
                "needed; remove the metric's threshold, or use records that it applies to"
            )
        if both:
            candidate[name], baseline[name] = [one for one, _ in both], [other for _, other in both]
    return candidate, baseline


def _of(scores: Judged, record: Judgeable | None) -> float | None:
    return 0.0 if record is None else scores.get(record.key)
