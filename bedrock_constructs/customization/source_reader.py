"""A function that reads what deployment.toml names in S3, in buckets and with keys that may be another account's."""

from dataclasses import dataclass

from aws_cdk import Duration, Size, Stack
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.customization.function import CustomizationFunction
from bedrock_constructs.ownership import Conditions
from kit_contract.dataset_collection import bucket_and_key


@dataclass(frozen=True, kw_only=True)
class Source:
    """The buckets are those of the account `owner`, None for the stack's own; `kms_key_arn` encrypts the objects."""

    owner: str | None = None
    kms_key_arn: str | None = None

    def owned(self, stack: Stack) -> Conditions:
        """The condition of access to the buckets."""
        return {"StringEquals": {"aws:ResourceAccount": self.owner or stack.account}}

    def through_s3(self, stack: Stack) -> Conditions:
        """The condition of the key's use. Its Region is that of the objects."""
        assert self.kms_key_arn
        return {"StringEquals": {"kms:ViaService": f"s3.{self.kms_key_arn.split(':')[3]}.{stack.url_suffix}"}}


def bucket_arn(stack: Stack, uri: str) -> str:
    return stack.format_arn(service="s3", region="", account="", resource=bucket_and_key(uri)[0])


class SourceReader(Construct):
    """Exposes `function` and `role_arn`. `bucket` is the training bucket, which it writes to.

    Statements with the same conditions are merged when they are written (minimizePolicies).
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        handler: str,
        description: str,
        memory_mb: int,
        bucket: s3.IBucket,
        timeout: Duration,
        ephemeral_storage: Size | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._function = CustomizationFunction(
            self,
            "Function",
            handler=handler,
            description=description,
            memory_mb=memory_mb,
            bucket=bucket,
            key_actions=["kms:Decrypt", "kms:GenerateDataKey"],
            timeout=timeout,
            ephemeral_storage=ephemeral_storage,
        )

    @property
    def function(self) -> lambda_.IFunction:
        return self._function

    @property
    def role_arn(self) -> str:
        assert self._function.role
        return self._function.role.role_arn

    def _allow_looking(self, bucket: s3.IBucket) -> None:
        """Without ListBucket, S3 answers 403 instead of 404 for what is not there yet."""
        self._function.allow("LookWhetherStored", ["s3:ListBucket"], [bucket.bucket_arn])

    def _allow_reading(self, source: Source, uri: str, key: str, *, acknowledgment: str = "") -> None:
        stack = Stack.of(self)
        objects = [f"{bucket_arn(stack, uri)}/{key}"]
        conditions = source.owned(stack)
        self._function.allow("", ["s3:GetObject"], objects, acknowledgment=acknowledgment, conditions=conditions)

    def _allow_listing(self, source: Source, uri: str, prefix: str) -> None:
        stack = Stack.of(self)
        only = {"StringEquals": {**source.owned(stack)["StringEquals"], "s3:prefix": prefix}}
        self._function.allow("", ["s3:ListBucket"], [bucket_arn(stack, uri)], conditions=only)

    def _allow_decrypting(self, source: Source) -> None:
        if source.kms_key_arn:
            conditions = source.through_s3(Stack.of(self))
            self._function.allow("", ["kms:Decrypt"], [source.kms_key_arn], conditions=conditions)
