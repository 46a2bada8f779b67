"""The held-out records as questions: the turns before the last answer are asked, the last answer is the reference."""

import json
import random
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from training_data.record_texts import Turns, turns_in

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SEED = 20261127


@dataclass(frozen=True)
class Question:
    """`number` is the record's line. `messages` and `system` are as Converse takes them."""

    number: int
    system: list[dict[str, str]]
    messages: list[dict[str, Any]]
    reference: str

    @property
    def text(self) -> str:
        """The conversation so far, for a judge."""
        return "\n\n".join(
            f"{message['role']}: {block['text']}" for message in self.messages for block in message["content"]
        )


def read_questions(s3: "S3Client", bucket: str, key: str, most: int) -> list[Question]:
    """All records, or `most` of them: always the same ones of one file."""
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()
    questions = [question_of(number, json.loads(line)) for number, line in enumerate(lines, start=1)]
    if len(questions) <= most:
        return questions
    chosen = random.Random(SEED).sample(range(len(questions)), most)
    return [questions[index] for index in sorted(chosen)]


def question_of(number: int, record: Any) -> Question:
    """The record of any of Bedrock's text formats."""
    turns = turns_in(record)
    return Question(
        number=number,
        system=[{"text": text} for role, text in turns if role == "system"],
        messages=list(_messages([turn for turn in turns if turn[0] != "system"][:-1])),
        reference=turns[-1][1],
    )


def _messages(turns: Turns) -> Iterator[dict[str, Any]]:
    for role, text in turns:
        yield {"role": role, "content": [{"text": text}]}
