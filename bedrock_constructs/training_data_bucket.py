"""The bucket of training data, job output and run records: versioned, encrypted, TLS only, retained by default."""

from typing import Literal

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.arguments import NAME, NAME_IN_WORDS, check_construct, check_one_of, check_text
from bedrock_constructs.feature_flags import logs_by_bucket_policy
from bedrock_constructs.nag_acknowledgments import acknowledge_auto_delete
from kit_contract.run_names import data_prefix

OLD_VERSIONS_KEPT = Duration.days(90)
LOGS_KEPT = Duration.days(365)


class TrainingDataBucket(Construct):
    """Prefixes: data/ (datasets), output/ (written by Bedrock), runs/ (reports and metrics).

    Destroyed with the stack only if `removal` is "destroy" and `allow_data_deletion` is true. Exposes `bucket`.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        removal: Literal["retain", "destroy"] = "retain",
        allow_data_deletion: bool = False,
        kms_key: kms.IKey | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        check_one_of("removal", removal, ("retain", "destroy"))
        check_construct("kms_key", kms_key, "a kms.IKey, such as Key.from_key_arn gives")
        logs_by_bucket_policy(self)
        destroy = removal == "destroy" and allow_data_deletion
        policy = RemovalPolicy.DESTROY if destroy else RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE
        logs = s3.Bucket(
            self,
            "AccessLogs",
            encryption=s3.BucketEncryption.S3_MANAGED,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[s3.LifecycleRule(expiration=LOGS_KEPT)],
            removal_policy=policy,
            auto_delete_objects=destroy,
        )
        self.bucket = s3.Bucket(
            self,
            "Bucket",
            versioned=True,
            encryption=s3.BucketEncryption.KMS if kms_key else s3.BucketEncryption.S3_MANAGED,
            encryption_key=kms_key,
            bucket_key_enabled=True if kms_key else None,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            server_access_logs_bucket=logs,
            lifecycle_rules=[
                s3.LifecycleRule(
                    noncurrent_version_expiration=OLD_VERSIONS_KEPT,
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            removal_policy=policy,
            auto_delete_objects=destroy,
        )
        acknowledge_auto_delete(self)
        # event_bridge_enabled would add a function with a managed policy to set this one property.
        resource = self.bucket.node.default_child
        assert isinstance(resource, s3.CfnBucket)
        resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
            event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
        )

    def grant_read(self, grantee: iam.IGrantable) -> iam.Grant:
        """Datasets, job output, reports and metrics."""
        return self.bucket.grant_read(grantee)

    def grant_upload(self, grantee: iam.IGrantable, customization: str) -> iam.Grant:
        """Allow `grantee` to put records of `customization`, each of which starts a run of its workflow."""
        check_text("customization", customization, NAME, NAME_IN_WORDS)
        return self.bucket.grant_put(grantee, f"{data_prefix(customization)}*")
