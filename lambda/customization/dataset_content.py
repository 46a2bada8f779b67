"""What a dataset in the training bucket is: the SHA-256 that decides about a run, and the validation set beside it."""

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, BinaryIO

from kit_contract.dataset_collection import BUCKET_PLACEHOLDER, MEDIA, VALIDATION_KEY
from kit_contract.runs import RunSpecification

CHUNK = 1 << 20


class ContentDigest:
    """SHA-256 of a dataset wherever it lies: the same records with the same images are the same in another bucket."""

    def __init__(self, bucket: str) -> None:
        self._here, self._anywhere = (f"s3://{name}/{MEDIA}".encode() for name in (bucket, BUCKET_PLACEHOLDER))
        self._digest, self._rest = hashlib.sha256(), b""

    def update(self, piece: bytes) -> None:
        """Pieces may be cut anywhere."""
        content = (self._rest + piece).replace(self._here, self._anywhere)
        end = len(content) - len(self._here) + 1
        self._rest = content[max(end, 0) :]
        self._digest.update(content[: max(end, 0)])

    def hexdigest(self) -> str:
        whole = self._digest.copy()
        whole.update(self._rest)
        return whole.hexdigest()


def content_sha256(body: BinaryIO, bucket: str) -> str:
    digest = ContentDigest(bucket)
    while chunk := body.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()


def with_validation_set(specification: RunSpecification, training_set: Mapping[str, Any]) -> RunSpecification:
    """With the validation set that the collector named in the training set's metadata (GetObject's answer)."""
    key = (training_set.get("Metadata") or {}).get(VALIDATION_KEY, "")
    return replace(specification, validation_key=key) if key else specification
