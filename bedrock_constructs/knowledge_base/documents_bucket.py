"""The bucket of a knowledge base's documents, with events to EventBridge, and the bucket of its access logs."""

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_auto_delete


def documents_bucket(
    scope: Construct, *, kms_key: kms.IKey | None, removal_policy: RemovalPolicy, destroy: bool
) -> s3.Bucket:
    log_bucket = _log_bucket(scope, removal_policy, destroy)
    bucket = s3.Bucket(
        scope,
        "Documents",
        versioned=True,
        encryption=s3.BucketEncryption.KMS if kms_key else s3.BucketEncryption.S3_MANAGED,
        encryption_key=kms_key,
        bucket_key_enabled=True if kms_key else None,
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        server_access_logs_bucket=log_bucket,
        server_access_logs_prefix="documents/",
        lifecycle_rules=[
            s3.LifecycleRule(
                id="OldVersions",
                noncurrent_version_expiration=cdk.Duration.days(90),
                expired_object_delete_marker=True,
                abort_incomplete_multipart_upload_after=cdk.Duration.days(7),
            )
        ],
        removal_policy=removal_policy,
        auto_delete_objects=destroy,
    )
    acknowledge_auto_delete(scope)
    # event_bridge_enabled of the L2 adds a custom resource with a function; setting the property is enough.
    resource = bucket.node.default_child
    assert isinstance(resource, s3.CfnBucket)
    resource.notification_configuration = s3.CfnBucket.NotificationConfigurationProperty(
        event_bridge_configuration=s3.CfnBucket.EventBridgeConfigurationProperty(event_bridge_enabled=True)
    )
    return bucket


def _log_bucket(scope: Construct, removal_policy: RemovalPolicy, destroy: bool) -> s3.Bucket:
    return s3.Bucket(
        scope,
        "AccessLogs",
        encryption=s3.BucketEncryption.S3_MANAGED,  # log delivery does not support customer managed keys
        enforce_ssl=True,
        block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
        lifecycle_rules=[s3.LifecycleRule(id="Expire", expiration=cdk.Duration.days(90))],
        removal_policy=removal_policy,
        auto_delete_objects=destroy,
    )
