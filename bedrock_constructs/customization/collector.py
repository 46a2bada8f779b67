"""The function that collects datasets which lie in S3: it reads what deployment.toml names, and nothing else.

A bucket of another account needs a policy that lets the function's role in: docs/datasets.md, "Data in S3".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.customization.source_reader import Source, SourceReader
from kit_contract import run_names
from kit_contract.dataset_collection import MEDIA, SOURCES, bucket_and_key

# The provider of custom resources waits for it, 13.5 minutes at most.
TIMEOUT = Duration.minutes(13)
# One object as it is, and the dataset that is made of it.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
DISK = Size.gibibytes(10)
MEMORY_MB = 1769  # one processor


@dataclass(frozen=True)
class DatasetSource(Source):
    """`dataset` is listed and read, `media` is read: s3://bucket/key or s3://bucket/prefix/."""

    dataset: Sequence[str]
    media: Sequence[str] = ()


class DatasetCollector(SourceReader):
    """`function` takes a DatasetCollection (kit_contract/dataset_collection.py)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, sources: Sequence[DatasetSource]
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            handler="collect_data",
            description="Collects datasets that lie in S3",
            memory_mb=MEMORY_MB,
            bucket=bucket,
            timeout=TIMEOUT,
            ephemeral_storage=DISK,
        )
        self._grant_own(bucket)
        for source in sources:
            self._grant(source)

    def _grant_own(self, bucket: s3.IBucket) -> None:
        written = [bucket.arn_for_objects(f"{prefix}*") for prefix in (run_names.DATA, MEDIA)]
        by_hash = "Datasets and media are named by their hash"
        self._function.allow("Store", ["s3:GetObject", "s3:PutObject"], written, acknowledgment=by_hash)
        uploaded = [bucket.arn_for_objects(f"{SOURCES}*")]
        self._function.allow("ReadUploaded", ["s3:GetObject"], uploaded, acknowledgment=by_hash)
        reports = [bucket.arn_for_objects(f"{run_names.RUNS}*")]
        self._function.allow("WriteReport", ["s3:PutObject"], reports, acknowledgment="One report per customization")
        self._allow_looking(bucket)

    def _grant(self, source: DatasetSource) -> None:
        for uri in dict.fromkeys([*source.dataset, *source.media]):
            key = bucket_and_key(uri)[1]
            if not uri.endswith("/"):
                self._allow_reading(source, uri, key)
                continue
            below = "Objects below the prefix that deployment.toml names"
            self._allow_reading(source, uri, f"{key}*", acknowledgment=below)
            if uri in source.dataset:
                self._allow_listing(source, uri, key)
        self._allow_decrypting(source)
