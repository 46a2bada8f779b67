"""The function that looks at models in S3 before they are imported: it lists what deployment.toml names, and reads
config.json there. A bucket of another account needs a policy that lets its role in: docs/methods.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import Duration, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.customization.function import CustomizationFunction
from kit_contract import run_names
from kit_contract.dataset_collection import bucket_and_key

TIMEOUT = Duration.minutes(2)  # a model has some hundred files


@dataclass(frozen=True)
class ModelLocation:
    """`s3_uri` is in a bucket of the account `owner`, None for the stack's own."""

    s3_uri: str
    owner: str | None = None
    kms_key_arn: str | None = None

    @property
    def folder(self) -> str:
        """The prefix of the files' keys: empty, or with a slash at its end."""
        prefix = bucket_and_key(self.s3_uri)[1].rstrip("/")
        return f"{prefix}/" if prefix else ""

    def bucket_arn(self, stack: Stack) -> str:
        return stack.format_arn(service="s3", region="", account="", resource=bucket_and_key(self.s3_uri)[0])

    def through_s3(self, stack: Stack) -> dict[str, dict[str, str]]:
        """The condition under which the key may be used."""
        region = (self.kms_key_arn or "").split(":")[3]
        return {"StringEquals": {"kms:ViaService": f"s3.{region}.{stack.url_suffix}"}}


class ModelSourceReader(Construct):
    """Exposes `function`, which takes a ModelSource (kit_contract/model_source.py), and `role_arn`."""

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, locations: Sequence[ModelLocation]
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = CustomizationFunction(
            self,
            "Function",
            handler="read_model_source",
            description="Looks at models in S3 before they are imported",
            memory_mb=256,
            bucket=bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
            timeout=TIMEOUT,
        )
        records = [bucket.arn_for_objects(f"{run_names.DATA}*")]
        by_hash = "What starts an import is named by its hash"
        self._function.allow("Store", ["s3:GetObject", "s3:PutObject"], records, acknowledgment=by_hash)
        # Without it, S3 answers 403 instead of 404 for what is not there yet.
        self._function.allow("LookWhetherStored", ["s3:ListBucket"], [bucket.bucket_arn])
        for location in locations:
            self._grant(location)

    @property
    def function(self) -> lambda_.IFunction:
        return self._function

    @property
    def role_arn(self) -> str:
        assert self._function.role
        return self._function.role.role_arn

    def _grant(self, location: ModelLocation) -> None:
        """Statements with the same conditions are merged when they are written (minimizePolicies)."""
        stack = Stack.of(self)
        arn = location.bucket_arn(stack)
        owned = {"aws:ResourceAccount": location.owner or stack.account}
        config = f"{arn}/{location.folder}config.json"
        self._function.allow("", ["s3:GetObject"], [config], conditions={"StringEquals": owned})
        only = {"StringEquals": {**owned, "s3:prefix": location.folder}}
        self._function.allow("", ["s3:ListBucket"], [arn], conditions=only)
        if location.kms_key_arn:
            self._function.allow("", ["kms:Decrypt"], [location.kms_key_arn], conditions=location.through_s3(stack))
