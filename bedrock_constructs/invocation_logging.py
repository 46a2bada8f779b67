"""Model invocation logging: the account's prompts and answers in this Region, to a bucket and a log group.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from collections.abc import Collection
from typing import Any, Literal

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.arguments import check_construct, check_each, check_one_of
from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from bedrock_constructs.nag_acknowledgments import acknowledge_auto_delete
from bedrock_constructs.names import deployment_name
from kit_contract.invocation_logging import (
    CLOUDWATCH_DESTINATION,
    DATA_TYPES,
    LARGE_DATA_PREFIX,
    LOG_STREAM,
    LOGS_PREFIX,
    S3_DESTINATION,
)
from kit_contract.parameters import invocation_logging

BEDROCK = "bedrock.amazonaws.com"
DESTINATIONS_IN_WORDS = f"{S3_DESTINATION!r} or {CLOUDWATCH_DESTINATION!r}"
# https://docs.aws.amazon.com/AmazonCloudWatchLogs/latest/APIReference/API_PutRetentionPolicy.html
RETENTION_DAYS = (
    *(1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731),
    *(1096, 1827, 2192, 2557, 2922, 3288, 3653),
)
CONFIGURE = (
    "bedrock:GetModelInvocationLoggingConfiguration",
    "bedrock:PutModelInvocationLoggingConfiguration",
    "bedrock:DeleteModelInvocationLoggingConfiguration",
)


class InvocationLogging(Construct):
    """There is one configuration per account and Region: somebody else's is replaced only with `take_over`, and put
    back when this is removed.

    `destinations`: "s3", "cloudwatch-logs" or both. `data_types`: of text, image, embedding, video and audio.
    `large_data`: bodies above 100 KB and binary data go to the bucket, which is made for them if "s3" is no
    destination; without it, the log group lacks them. `retention_days`: a value that CloudWatch Logs allows.
    The policy of `kms_key` must admit Bedrock and CloudWatch Logs.
    Data is destroyed with the stack only if `removal` is "destroy" and `allow_data_deletion` is true.
    `replaced_role_arns`: of the configuration that `take_over` replaces, to pass them when it is put back; None if that
    is unknown, and any role of the account may be passed to Bedrock.
    `generation`: another number has what is configured looked at, and put right, again.
    Exposes `bucket` and `log_group`, each None if there is none.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        kit_deployment: str | None = None,
        destinations: Collection[str] = (S3_DESTINATION,),
        data_types: Collection[str] = ("text",),
        large_data: bool = True,
        retention_days: int = 90,
        kms_key: kms.IKey | None = None,
        removal: Literal["retain", "destroy"] = "retain",
        allow_data_deletion: bool = False,
        take_over: bool = False,
        replaced_role_arns: Collection[str] | None = None,
        generation: int = 1,
    ) -> None:
        super().__init__(scope, construct_id)
        check_each("destinations", destinations, f"{S3_DESTINATION}|{CLOUDWATCH_DESTINATION}", DESTINATIONS_IN_WORDS)
        check_each("data_types", data_types, "|".join(DATA_TYPES), f"one of {', '.join(DATA_TYPES)}")
        check_one_of("retention_days", retention_days, RETENTION_DAYS)
        check_one_of("removal", removal, ("retain", "destroy"))
        check_construct("kms_key", kms_key, "a kms.IKey, such as Key.from_key_arn gives")
        check_each("replaced_role_arns", replaced_role_arns or (), "arn:.+", "the ARN of a role")
        self._kit_deployment = deployment_name(self, kit_deployment)
        self._destroy = removal == "destroy" and allow_data_deletion
        self._policy = RemovalPolicy.DESTROY if self._destroy else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        self._kms_key, self._retention_days = kms_key, retention_days
        to_bucket, to_log_group = S3_DESTINATION in destinations, CLOUDWATCH_DESTINATION in destinations
        if not to_bucket and not to_log_group:
            raise ValueError(f"destinations must have {DESTINATIONS_IN_WORDS}, got none; add one")
        self.bucket = self._bucket() if to_bucket or large_data else None
        self.log_group = self._log_group() if to_log_group else None
        role = self._role(self.log_group) if self.log_group else None
        resource = CustomResourceProvider.of(self).custom_resource(
            self,
            resource_type="Custom::BedrockInvocationLogging",
            properties={
                "KitDeployment": self._kit_deployment,
                "Bucket": self.bucket.bucket_name if self.bucket else None,
                "LogToBucket": to_bucket,
                "Prefix": LOGS_PREFIX,
                "LargeDataPrefix": LARGE_DATA_PREFIX,
                "LogGroup": self.log_group.log_group_name if self.log_group else None,
                "RoleArn": role.role_arn if role else None,
                "DataTypes": [kind for kind in DATA_TYPES if kind in data_types],
                "TakeOver": take_over,
                "Generation": str(generation) if generation > 1 else None,
            },
            statements=self._statements(role, replaced_role_arns if take_over else ()),
            acknowledgment="There is one configuration per account and Region, without an ARN; the role of somebody "
            "else's configuration, which is put back, is unknown at synth unless `kit deploy` tells it",
        )
        resource.node.add_dependency(*(item for item in (self.bucket, self.log_group, role) if item))
        acknowledge_auto_delete(self)

    def _bucket(self) -> s3.Bucket:
        shared: dict[str, Any] = {
            "block_public_access": s3.BlockPublicAccess.BLOCK_ALL,
            "enforce_ssl": True,
            "minimum_tls_version": 1.2,
            "removal_policy": self._policy,
            "auto_delete_objects": self._destroy,
        }
        expiry = s3.LifecycleRule(
            expiration=cdk.Duration.days(self._retention_days),
            noncurrent_version_expiration=cdk.Duration.days(1),
            abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
        )
        access_logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            lifecycle_rules=[s3.LifecycleRule(expiration=cdk.Duration.days(365))],
            **shared,
        )
        bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,  # Bedrock needs a bucket without ACLs
            encryption=s3.BucketEncryption.KMS if self._kms_key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=self._kms_key,
            bucket_key_enabled=True if self._kms_key else None,
            server_access_logs_bucket=access_logs,
            lifecycle_rules=[expiry],
            **shared,
        )
        account = cdk.Stack.of(self).account
        prefixes = (LOGS_PREFIX, LARGE_DATA_PREFIX)
        bucket.add_to_resource_policy(
            iam.PolicyStatement(
                sid="AmazonBedrockLogsWrite",
                principals=[self._bedrock()],
                actions=["s3:PutObject"],
                resources=[
                    bucket.arn_for_objects(f"{prefix}/AWSLogs/{account}/BedrockModelInvocationLogs/*")
                    for prefix in prefixes
                ],
            )
        )
        return bucket

    def _log_group(self) -> logs.LogGroup:
        log_group = logs.LogGroup(self, "LogGroup", encryption_key=self._kms_key, removal_policy=self._policy)
        resource = log_group.node.default_child
        assert isinstance(resource, logs.CfnLogGroup)
        resource.retention_in_days = self._retention_days
        return log_group

    def _role(self, log_group: logs.LogGroup) -> iam.Role:
        stream = cdk.Stack.of(self).format_arn(
            service="logs",
            resource="log-group",
            resource_name=f"{log_group.log_group_name}:log-stream:{LOG_STREAM}",
            arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
        )
        role = iam.Role(
            self,
            "Role",
            description="Taken on by Amazon Bedrock to write model invocation logs",
            assumed_by=self._bedrock(),
        )
        statement = iam.PolicyStatement(actions=["logs:CreateLogStream", "logs:PutLogEvents"], resources=[stream])
        role.add_to_policy(statement)
        return role

    def _bedrock(self) -> iam.ServicePrincipal:
        """On behalf of this account and Region only."""
        stack = cdk.Stack.of(self)
        source = f"arn:{stack.partition}:bedrock:{stack.region}:{stack.account}:*"
        conditions = {"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": source}}
        return iam.ServicePrincipal(BEDROCK, conditions=conditions)

    def _statements(self, role: iam.Role | None, replaced: Collection[str] | None) -> list[iam.PolicyStatement]:
        stack = cdk.Stack.of(self)
        parameter = stack.format_arn(
            service="ssm",
            resource=f"parameter{invocation_logging(self._kit_deployment)}",
            arn_format=cdk.ArnFormat.NO_RESOURCE_NAME,
        )
        statements = [
            iam.PolicyStatement(actions=list(CONFIGURE), resources=["*"]),
            iam.PolicyStatement(
                actions=["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"], resources=[parameter]
            ),
        ]
        if replaced is None:  # the Create finds it in the account, when the template is long written
            replaced = [stack.format_arn(service="iam", region="", resource="role", resource_name="*")]
        if passed := [*([role.role_arn] if role else []), *replaced]:
            to_bedrock = {"StringEquals": {"iam:PassedToService": BEDROCK}}
            statements.append(iam.PolicyStatement(actions=["iam:PassRole"], resources=passed, conditions=to_bedrock))
        return statements
