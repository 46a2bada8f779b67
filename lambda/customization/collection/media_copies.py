"""Copies images and videos that records name to the training bucket: Bedrock reads media of the dataset's bucket only.

https://docs.aws.amazon.com/nova/latest/userguide/fine-tune-prepare-data-understanding.html
"""

import hashlib
import posixpath
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from customization.collection.source_objects import ABSENT, CollectionError, SourceObjects
from kit_contract.aws_errors import code_of
from kit_contract.dataset_collection import (
    BUCKET_PLACEHOLDER,
    DatasetCollection,
    bucket_and_key,
    media_key,
    media_prefix,
)
from training_data.media.formats import IMAGE, MAX_BYTES, media_fault, media_format
from training_data.media.references import Reference

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

AT_ONCE = 8
Medium = tuple[str, str, object]  # kind, URI, the format that the record says


class MediaCopies:
    """`account` owns the training bucket. An object that several records name is read once."""

    def __init__(self, collection: DatasetCollection, s3: "S3Client", sources: SourceObjects, account: str) -> None:
        self._collection, self._s3, self._sources, self._account = collection, s3, sources, account
        self._copied: dict[Medium, tuple[str, str]] = {}
        self.bytes = 0

    @property
    def count(self) -> int:
        return len({uri for uri, fault in self._copied.values() if not fault})

    def rewrite(self, file: Path, references: Sequence[Reference]) -> list[str]:
        """A fault for each reference, empty where the record now names the copy."""
        media = [self._medium(file, reference) for reference in references]
        new = list(dict.fromkeys(medium for medium in media if medium not in self._copied))
        with ThreadPoolExecutor(AT_ONCE) as pool:
            self._copied.update(zip(new, pool.map(self._copy, new), strict=True))
        faults = []
        for reference, medium in zip(references, media, strict=True):
            uri, fault = self._copied[medium]
            if not fault:
                reference.move_to(uri, uri.rpartition(".")[2], self._account)
            faults.append(fault)
        return faults

    def _medium(self, file: Path, reference: Reference) -> Medium:
        """A path is relative to the object that names it."""
        place = reference.place
        if not place.startswith("s3://"):
            bucket, key = bucket_and_key(self._sources.place_of(file))
            place = f"s3://{bucket}/{posixpath.normpath(posixpath.join(posixpath.dirname(key), place))}"
        return reference.kind, place, reference.said_format

    def _copy(self, medium: Medium) -> tuple[str, str]:
        """(URI in the training bucket, "") or ("", fault)."""
        kind, place, said = medium
        own, collection = f"s3://{self._collection.bucket}/", self._collection
        here = place.replace(f"s3://{BUCKET_PLACEHOLDER}/", own, 1)
        if here.startswith(f"{own}{media_prefix(collection.customization)}"):
            return here, ""  # uploaded with the dataset, and checked before
        limits = collection.limits
        formats = limits.image_formats if kind == IMAGE else limits.video_formats
        try:
            content = self._sources.read(place, MAX_BYTES[kind])
        except CollectionError as error:
            return "", str(error)
        if fault := media_fault(kind, content, len(content), formats, said):
            return "", f"{place}: {fault}"
        digest = hashlib.sha256(content).hexdigest()
        key = media_key(collection.customization, digest, media_format(content))
        self._put(key, content)
        return f"{own}{key}", ""

    def _put(self, key: str, content: bytes) -> None:
        bucket = self._collection.bucket
        try:
            self._s3.head_object(Bucket=bucket, Key=key)
        except Exception as error:
            if code_of(error) not in ABSENT:
                raise
            self._s3.put_object(Bucket=bucket, Key=key, Body=content)
            self.bytes += len(content)
