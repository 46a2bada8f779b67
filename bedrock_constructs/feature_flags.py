"""The CDK's feature flags that constructs here need, whatever the flags of the app around them are."""

from constructs import Construct

BUCKET_POLICY_FOR_LOGS = "@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy"


def logs_by_bucket_policy(scope: Construct) -> None:
    """Call it before `scope` has children. Otherwise S3's log delivery is let in by an ACL, which the bucket has off.

    https://docs.aws.amazon.com/AmazonS3/latest/userguide/enable-server-access-logging.html#grant-log-delivery-permissions-general
    """
    scope.node.set_context(BUCKET_POLICY_FOR_LOGS, True)
