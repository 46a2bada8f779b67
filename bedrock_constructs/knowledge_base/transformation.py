"""A function of yours that Bedrock calls with the chunks of each document, before it embeds them.

Bedrock writes the chunks into an intermediate bucket and reads there what the function has written in their place.
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-custom-transformation.html
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.knowledge_base.permissions import allow
from bedrock_constructs.lambda_functions.code import files_code
from bedrock_constructs.lambda_functions.logged_function import LoggedFunction
from bedrock_constructs.nag_acknowledgments import acknowledge_auto_delete, acknowledge_wildcards

PREFIX = "chunks/"
_properties = bedrock.CfnDataSource


@dataclass(frozen=True)
class TransformationCode:
    """`files`: path in the zip -> content. `handler`: `module.function`; it gets Bedrock's event and returns files."""

    files: Mapping[str, bytes]
    handler: str
    timeout_seconds: int = 900
    memory_mb: int = 512

    @property
    def digest(self) -> str:
        """Bedrock does not read unchanged documents again for a new function: a data source of its own does."""
        digest = hashlib.sha256(self.handler.encode())
        for name, content in sorted(self.files.items()):
            digest.update(f"\n{name}\n{len(content)}\n".encode() + content)
        return digest.hexdigest()[:8]


class ChunkTransformation(Construct):
    """Exposes `function`, `bucket`, `configuration` and `statements`, which the knowledge base's role needs.

    `log_bucket` takes the access logs. The files of chunks expire after a day.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        code: TransformationCode,
        log_bucket: s3.IBucket,
        removal_policy: RemovalPolicy,
        kms_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self.bucket = s3.Bucket(
            self,
            "Chunks",
            encryption=s3.BucketEncryption.KMS if kms_key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=kms_key,
            bucket_key_enabled=True if kms_key else None,
            enforce_ssl=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            server_access_logs_bucket=log_bucket,
            server_access_logs_prefix="chunks/",
            lifecycle_rules=[
                s3.LifecycleRule(
                    id="Expire",
                    expiration=Duration.days(1),
                    abort_incomplete_multipart_upload_after=Duration.days(1),
                )
            ],
            removal_policy=removal_policy,
            auto_delete_objects=removal_policy == RemovalPolicy.DESTROY,
        )
        acknowledge_auto_delete(self)
        self.function = self._function(code, kms_key)
        self._version = self.function.current_version

    @property
    def configuration(self) -> bedrock.CfnDataSource.CustomTransformationConfigurationProperty:
        uri = f"s3://{self.bucket.bucket_name}/{PREFIX}"
        function = _properties.TransformationFunctionProperty(
            transformation_lambda_configuration=_properties.TransformationLambdaConfigurationProperty(
                lambda_arn=self._version.function_arn
            )
        )
        return _properties.CustomTransformationConfigurationProperty(
            intermediate_storage=_properties.IntermediateStorageProperty(
                s3_location=_properties.S3LocationProperty(uri=uri)
            ),
            transformations=[
                _properties.TransformationProperty(step_to_apply="POST_CHUNKING", transformation_function=function)
            ],
        )

    @property
    def wildcards(self) -> list[str]:
        return [self._objects, f"{self.function.function_arn}:*"]

    @property
    def statements(self) -> list[iam.PolicyStatement]:
        own = {"StringEquals": {"aws:ResourceAccount": Stack.of(self).account}}
        return [
            # Any version: the data source of the code before this one may be reading.
            allow("Transform", ["lambda:InvokeFunction"], f"{self.function.function_arn}:*"),
            allow("ListChunks", ["s3:ListBucket"], self.bucket.bucket_arn, own),
            allow("ExchangeChunks", ["s3:GetObject", "s3:PutObject"], self._objects, own),
        ]

    @property
    def _objects(self) -> str:
        return self.bucket.arn_for_objects(f"{PREFIX}*")

    def _function(self, code: TransformationCode, kms_key: kms.IKey | None) -> lambda_.Function:
        function = LoggedFunction(
            self,
            "Function",
            code=files_code(code.files),
            handler=code.handler,
            description="Changes the chunks of documents before they are embedded",
            role_description="Role of a function that changes the chunks of documents",
            timeout=Duration.seconds(code.timeout_seconds),
            memory_mb=code.memory_mb,
        )
        role = function.own_role
        role.add_to_policy(allow("ExchangeChunks", ["s3:GetObject", "s3:PutObject"], self._objects))
        if kms_key:
            through = {"StringEquals": {"kms:ViaService": f"s3.{Stack.of(self).region}.amazonaws.com"}}
            keys = ["kms:Decrypt", "kms:GenerateDataKey"]
            role.add_to_policy(allow("UseKey", keys, kms_key.key_arn, through))
        acknowledge_wildcards(role, [self._objects], reason="Bedrock names the objects.")
        return function
