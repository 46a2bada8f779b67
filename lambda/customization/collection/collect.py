"""Collects a dataset: reads its objects, converts and checks them as synth does local files, and stores the result.

The result is data/<customization>/<SHA-256>.jsonl, so that the same content is one run wherever it came from. Its
upload starts the run, as every upload does; the deploy, which asked for it, starts or finds the same one.
"""

from pathlib import Path
from typing import TYPE_CHECKING

from customization.collection.media_copies import MediaCopies
from customization.collection.source_objects import ABSENT, CollectionError, SourceObjects
from kit_contract.aws_errors import code_of
from kit_contract.dataset_collection import VALIDATION_KEY, DatasetCollection
from kit_contract.errors import InputError
from kit_contract.run_events import CollectedDataset
from kit_contract.run_names import data_prefix, run_prefix
from training_data.checking.model_rules import model_rules
from training_data.checking.repeated_records import LEAKAGE_FIX, RecordIndex, leaks
from training_data.conversion.record_conversion import Target
from training_data.faults_by_kind import FaultsByKind
from training_data.preparation import PreparedDataset, prepare_dataset

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

SHOWN = 3  # faults in the error, which CloudFormation shows; the report has all
MAX_BYTES = 5 * 1024**3  # of one PutObject


class Collector:
    """The core of the collector; the client is passed in. `folder` is the function's disk."""

    def __init__(self, collection: DatasetCollection, *, s3: "S3Client", account: str, folder: Path) -> None:
        self._collection, self._s3, self._folder = collection, s3, folder
        own = (collection.bucket, account)
        sources = SourceObjects(s3, owner=collection.owner or account, own=own, folder=folder)
        self._sources, self._media = sources, MediaCopies(collection, s3, sources, account)

    def collect(self) -> CollectedDataset:
        """Raises CollectionError with the first faults and the place of the report on all."""
        try:
            training, validation = self._prepare()
        except InputError as error:
            raise self._reported(str(error)) from None
        prefix, metadata = data_prefix(self._collection.customization), {}
        if validation:
            metadata[VALIDATION_KEY] = f"{prefix}validation/{validation.sha256[:16]}.jsonl"
            self._store(validation, metadata[VALIDATION_KEY], {})
        key = f"{prefix}{training.sha256[:16]}.jsonl"
        return {
            "key": key,
            "records": training.records,
            "media": self._media.count,
            "stored": self._store(training, key, metadata),
        }

    def _prepare(self) -> tuple[PreparedDataset, PreparedDataset | None]:
        """Training and validation set: Bedrock counts both together."""
        collection, limits = self._collection, self._collection.limits
        if not collection.validation_dataset:
            return self._set("dataset", limits.min_records, limits.max_records), None
        indexes = [RecordIndex(limits.max_records, across=True) for _ in range(2)]
        training = self._set("dataset", limits.min_records, limits.max_records, indexes[0])
        most = limits.max_records - training.records
        if limits.max_validation_records is not None:
            most = min(limits.max_validation_records, most)
        validation = self._set("validation_dataset", 1, most, indexes[1])
        found = FaultsByKind()
        for leak in leaks(*indexes):
            found.add(f"validation_dataset: {leak.validation}", f"is also in dataset ({leak.training}); {LEAKAGE_FIX}")
        if found.count:
            raise CollectionError("\n".join(found.lines()))
        return training, validation

    def _set(self, name: str, least: int, most: int, index: RecordIndex | None = None) -> PreparedDataset:
        collection = self._collection
        uris = collection.dataset if name == "dataset" else collection.validation_dataset
        try:
            return prepare_dataset(
                self._sources.files(uris),
                model_rules(collection.base_model, collection.method, collection.limits),
                min_records=least,
                max_records=most,
                target=Target(collection.limits.record_format, **collection.reading),
                output=self._folder / f"{name}.jsonl",
                index=index,
                media=self._media,
            )
        except InputError as error:
            lines = "\n".join(f"{name}: {line}" for line in str(error).splitlines())
            raise CollectionError(lines) from None

    def _store(self, dataset: PreparedDataset, key: str, metadata: dict[str, str]) -> bool:
        """False if it is there already: a second upload would be a second event."""
        bucket, size = self._collection.bucket, dataset.path.stat().st_size
        if size > MAX_BYTES:
            raise CollectionError(f"the dataset may have {MAX_BYTES:,} bytes, got {size:,}; use fewer records")
        if self._has(key, size, metadata):
            return False
        with dataset.path.open("rb") as body:
            self._s3.put_object(Bucket=bucket, Key=key, Body=body, ContentType="application/jsonl", Metadata=metadata)
        return True

    def _has(self, key: str, size: int, metadata: dict[str, str]) -> bool:
        try:
            found = self._s3.head_object(Bucket=self._collection.bucket, Key=key)
        except Exception as error:
            if code_of(error) not in ABSENT:
                raise
            return False
        return found["ContentLength"] == size and found.get("Metadata", {}) == metadata

    def _reported(self, faults: str) -> CollectionError:
        """The error that names the first faults; the object has all kinds that are known."""
        bucket, customization = self._collection.bucket, self._collection.customization
        key = f"{run_prefix(customization, 'collection')}faults.txt"
        self._s3.put_object(Bucket=bucket, Key=key, Body=faults.encode(), ContentType="text/plain; charset=utf-8")
        shown = faults.splitlines()[:SHOWN]
        more = f"; all are in s3://{bucket}/{key}" if len(faults.splitlines()) > SHOWN else ""
        return CollectionError("; ".join(shown) + more)
