"""The held-out records that are asked."""

import json
import random
from typing import TYPE_CHECKING

from training_data.held_out import Question, question_of

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SEED = 20261127


def read_questions(s3: "S3Client", bucket: str, key: str, most: int) -> list[Question]:
    """All records, or `most` of them: always the same ones of one file."""
    lines = s3.get_object(Bucket=bucket, Key=key)["Body"].read().splitlines()
    numbers = list(range(1, len(lines) + 1))
    chosen = numbers if len(numbers) <= most else sorted(random.Random(SEED).sample(numbers, most))
    return [question_of(number, json.loads(lines[number - 1])) for number in chosen]
