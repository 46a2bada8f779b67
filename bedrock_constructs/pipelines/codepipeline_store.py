"""What a pipeline writes to: artifacts under a key of its own, and the topic of approvals and failures."""

from collections.abc import Sequence

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from aws_cdk import aws_sns as sns
from aws_cdk import aws_sns_subscriptions as subscriptions
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge, acknowledge_auto_delete

# A stage rolls back to an execution whose artifacts are there.
ARTIFACTS_KEPT = Duration.days(90)
# https://docs.aws.amazon.com/sns/latest/dg/sns-key-management.html#compatibility-with-aws-services
UNCONDITIONED = (
    "EventBridge tells of failed executions; AWS supports no aws:SourceAccount and no aws:SourceArn where it "
    "publishes to a topic under a key"
)


class PipelineStore(Construct):
    """Exposes `key`, `bucket` and `topic`. All are deleted with the stack: artifacts are copies of the sources.

    No other account reads them, so neither the key nor the bucket names one.
    """

    def __init__(self, scope: Construct, construct_id: str, *, emails: Sequence[str]) -> None:
        super().__init__(scope, construct_id)
        self.key = kms.Key(
            self,
            "Key",
            description=f"Artifacts and messages of {Stack.of(self).stack_name}",
            enable_key_rotation=True,
            pending_window=Duration.days(7),
            removal_policy=RemovalPolicy.DESTROY,
        )
        self.bucket = s3.Bucket(
            self,
            "Artifacts",
            versioned=True,
            encryption=s3.BucketEncryption.KMS,
            encryption_key=self.key,
            bucket_key_enabled=True,
            block_public_access=s3.BlockPublicAccess.BLOCK_ALL,
            object_ownership=s3.ObjectOwnership.BUCKET_OWNER_ENFORCED,
            enforce_ssl=True,
            minimum_tls_version=1.2,
            lifecycle_rules=[
                s3.LifecycleRule(
                    expiration=ARTIFACTS_KEPT,
                    noncurrent_version_expiration=Duration.days(7),
                    abort_incomplete_multipart_upload_after=Duration.days(7),
                )
            ],
            removal_policy=RemovalPolicy.DESTROY,
            auto_delete_objects=True,
        )
        acknowledge_auto_delete(self)
        acknowledge(
            self.bucket,
            "AwsSolutions-S1",
            reason="Copies of sources and templates, deleted after 90 days; only the pipeline's roles read them",
        )
        self.topic = sns.Topic(self, "Topic", master_key=self.key, enforce_ssl=True)
        for email in emails:
            self.topic.add_subscription(subscriptions.EmailSubscription(email))
        for resource in (self.key, self.topic):
            acknowledge(resource, "kit-policy-source", reason=UNCONDITIONED)
