"""The function that collects datasets which lie in S3: it reads what deployment.toml names, and nothing else.

A bucket of another account needs a policy that lets the function's role in: docs/datasets.md, "Data in S3".
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.customization.function import CustomizationFunction
from kit_contract import run_names
from kit_contract.dataset_collection import MEDIA, SOURCES, bucket_and_key

# The provider of custom resources waits for it, 13.5 minutes at most.
TIMEOUT = Duration.minutes(13)
# One object as it is, and the dataset that is made of it.
# https://docs.aws.amazon.com/lambda/latest/dg/configuration-ephemeral-storage.html
DISK = Size.gibibytes(10)
MEMORY_MB = 1769  # one processor


@dataclass(frozen=True)
class DatasetSource:
    """`dataset` is listed and read, `media` is read: s3://bucket/key or s3://bucket/prefix/.

    The buckets are those of the account `owner`, None for the stack's own.
    """

    dataset: Sequence[str]
    media: Sequence[str] = ()
    owner: str | None = None
    kms_key_arn: str | None = None


class DatasetCollector(Construct):
    """Exposes `function`. It takes a DatasetCollection (kit_contract/dataset_collection.py)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, sources: Sequence[DatasetSource]
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = CustomizationFunction(
            self,
            "Function",
            handler="collect_data",
            description="Collects datasets that lie in S3",
            memory_mb=MEMORY_MB,
            bucket=bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
            timeout=TIMEOUT,
            ephemeral_storage=DISK,
        )
        self._grant_own(bucket)
        for source in sources:
            self._grant(source)

    @property
    def function(self) -> lambda_.IFunction:
        return self._function

    @property
    def role_arn(self) -> str:
        assert self._function.role
        return self._function.role.role_arn

    def _grant_own(self, bucket: s3.IBucket) -> None:
        """Without ListBucket, S3 answers 403 instead of 404 for what is not there yet."""
        written = [bucket.arn_for_objects(f"{prefix}*") for prefix in (run_names.DATA, MEDIA)]
        by_hash = "Datasets and media are named by their hash"
        self._function.allow("Store", ["s3:GetObject", "s3:PutObject"], written, acknowledgment=by_hash)
        uploaded = [bucket.arn_for_objects(f"{SOURCES}*")]
        self._function.allow("ReadUploaded", ["s3:GetObject"], uploaded, acknowledgment=by_hash)
        reports = [bucket.arn_for_objects(f"{run_names.RUNS}*")]
        self._function.allow("WriteReport", ["s3:PutObject"], reports, acknowledgment="One report per customization")
        self._function.allow("LookWhetherStored", ["s3:ListBucket"], [bucket.bucket_arn])

    def _grant(self, source: DatasetSource) -> None:
        """Statements with the same conditions are merged when they are written (minimizePolicies)."""
        stack = Stack.of(self)
        owned = {"StringEquals": {"aws:ResourceAccount": source.owner or stack.account}}
        for uri in dict.fromkeys([*source.dataset, *source.media]):
            bucket, key = bucket_and_key(uri)
            arn = stack.format_arn(service="s3", region="", account="", resource=bucket)
            anything = "*" if uri.endswith("/") else ""
            below = "Objects below the prefix that deployment.toml names" if anything else ""
            self._function.allow(
                "", ["s3:GetObject"], [f"{arn}/{key}{anything}"], conditions=owned, acknowledgment=below
            )
            if anything and uri in source.dataset:
                only = {"StringEquals": {**owned["StringEquals"], "s3:prefix": key}}
                self._function.allow("", ["s3:ListBucket"], [arn], conditions=only)
        if source.kms_key_arn:
            region = source.kms_key_arn.split(":")[3]
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{region}.{stack.url_suffix}"}}
            self._function.allow("", ["kms:Decrypt"], [source.kms_key_arn], conditions=through_s3)
