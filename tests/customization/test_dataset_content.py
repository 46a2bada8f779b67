"""The digest that decides about a run, and the validation set that a training set names."""

import hashlib
import io
import random

import pytest

from customization.dataset_content import ContentDigest, content_sha256, with_validation_set
from tests.customization.aws import specification

BUCKET = "the-bucket"


@pytest.mark.parametrize("content", [b"", b"short", b"text of any kind\n" * 999, b"s3://other/media/1 s3://the-bucket"])
def test_text_has_its_own_sha256(content: bytes) -> None:
    assert content_sha256(io.BytesIO(content), BUCKET) == hashlib.sha256(content).hexdigest()


def test_places_in_the_bucket_are_the_same_in_every_bucket_however_the_pieces_are_cut() -> None:
    chance = random.Random(4)
    digests = set()
    for bucket in (BUCKET, "b", "another-bucket-of-more-letters"):
        content = f'{{"uri": "s3://{bucket}/media/support/0f.png"}}\n'.encode() * 20
        for _ in range(20):
            digest, rest = ContentDigest(bucket), content
            while rest:
                size = chance.randint(1, 40)
                digest.update(rest[:size])
                rest = rest[size:]
            digests.add(digest.hexdigest())

    assert len(digests) == 1
    assert digests != {hashlib.sha256(content).hexdigest()}


def test_the_metadata_of_a_training_set_names_its_validation_set() -> None:
    fixed = specification(validation_key="data/support/validation/fixed.jsonl")

    named = with_validation_set(specification(), {"Metadata": {"validation-key": "data/support/validation/a.jsonl"}})

    assert named.validation_key == "data/support/validation/a.jsonl"
    assert with_validation_set(fixed, {"Metadata": {}}) == with_validation_set(fixed, {}) == fixed
