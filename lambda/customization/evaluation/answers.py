"""Asks candidate and baseline the held-out questions in batches. Each batch is an object in S3: nothing is asked twice.

A function runs for 15 minutes: the workflow calls it again until every batch is there.
"""

import json
import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from customization.evaluation.converse import Asker
from customization.evaluation.judge import Verdicts
from kit_contract.evaluations import EvaluationSpecification, Prepared
from training_data.held_out import Question, question_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BATCH = 20
AT_ONCE = 8
SEED = 20261127
Row = dict[str, Any]


def read_questions(s3: "S3Client", bucket: str, key: str, most: int) -> list[Question]:
    """All records, or `most` of them: always the same ones of one file."""
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()
    numbers = list(range(1, len(lines) + 1))
    chosen = numbers if len(numbers) <= most else sorted(random.Random(SEED).sample(numbers, most))
    return [question_of(number, json.loads(lines[number - 1])) for number in chosen]


class AnswerFolder:
    """The batches below `prefix`, whose name has a hash of what is asked: other models have other folders."""

    def __init__(self, s3: "S3Client", bucket: str, prefix: str) -> None:
        self._s3, self._bucket, self._prefix = s3, bucket, prefix

    def missing(self, count: int) -> list[int]:
        """The batches of `count` questions that were not asked yet."""
        pages = self._s3.get_paginator("list_objects_v2").paginate(Bucket=self._bucket, Prefix=self._prefix)
        there = {item["Key"] for page in pages for item in page.get("Contents", [])}
        return [batch for batch in range(-(-count // BATCH)) if self._key(batch) not in there]

    def write(self, batch: int, rows: Sequence[Row]) -> None:
        body = json.dumps(rows, ensure_ascii=False).encode()
        self._s3.put_object(Bucket=self._bucket, Key=self._key(batch), Body=body, ContentType="application/json")

    def rows(self, count: int) -> Iterator[Row]:
        """Of all questions, in their order."""
        for batch in range(-(-count // BATCH)):
            yield from json.loads(self._s3.get_object(Bucket=self._bucket, Key=self._key(batch))["Body"].read())

    def _key(self, batch: int) -> str:
        return f"{self._prefix}{batch:05}.json"


class Interview:
    """Both models answer a batch of questions; a judge, if there is one, compares their answers."""

    def __init__(self, asker: Asker, settings: EvaluationSpecification, prepared: Prepared) -> None:
        self._asker, self._settings, self._prepared = asker, settings, prepared
        self._verdicts = Verdicts(asker, settings.judge_model) if settings.judge_model else None

    def batch(self, questions: Sequence[Question], number: int) -> list[Row]:
        """Raises EvaluationError, EvaluationThrottledError."""
        chosen = questions[number * BATCH : (number + 1) * BATCH]
        with ThreadPoolExecutor(AT_ONCE) as threads:
            return list(threads.map(self._row, chosen))

    def _row(self, question: Question) -> Row:
        models = {"candidate": self._prepared["candidate_arn"], "baseline": self._prepared["baseline_target"]}
        said = {
            role: self._asker.ask(model, question.messages, question.system, max_tokens=self._settings.max_tokens)
            for role, model in models.items()
        }
        row: Row = {"record": question.number, "reference": question.reference}
        row |= {role: answer.to_json() for role, answer in said.items()}
        if self._verdicts:
            winners = self._verdicts.winners(question, said["candidate"].text, said["baseline"].text)
            row["judge"] = [{"winner": winner, **answer.to_json()} for winner, answer in winners]
        return row
