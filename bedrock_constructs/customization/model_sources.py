"""The function that looks at models in S3 before they are imported: it lists what deployment.toml names, and reads
config.json there. A bucket of another account needs a policy that lets its role in: docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.customization.source_reader import Source, SourceReader
from kit_contract import run_names
from kit_contract.dataset_collection import bucket_and_key

TIMEOUT = Duration.minutes(2)  # a model has some hundred files


@dataclass(frozen=True)
class ModelLocation(Source):
    s3_uri: str

    @property
    def folder(self) -> str:
        """The prefix of the files' keys: empty, or with a slash at its end."""
        prefix = bucket_and_key(self.s3_uri)[1].rstrip("/")
        return f"{prefix}/" if prefix else ""


class ModelSourceReader(SourceReader):
    """`function` takes a ModelSource (kit_contract/model_source.py)."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, locations: Sequence[ModelLocation]
    ) -> None:
        super().__init__(
            scope,
            construct_id,
            handler="read_model_source",
            description="Looks at models in S3 before they are imported",
            memory_mb=256,
            bucket=bucket,
            timeout=TIMEOUT,
        )
        records = [bucket.arn_for_objects(f"{run_names.DATA}*")]
        by_hash = "What starts an import is named by its hash"
        self._function.allow("Store", ["s3:GetObject", "s3:PutObject"], records, acknowledgment=by_hash)
        self._allow_looking(bucket)
        for location in locations:
            self._allow_reading(location, location.s3_uri, f"{location.folder}config.json")
            self._allow_listing(location, location.s3_uri, location.folder)
            self._allow_decrypting(location)
