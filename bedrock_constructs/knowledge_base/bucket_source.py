"""Documents in other buckets: a data source for each prefix, because Bedrock takes one inclusion prefix.

https://docs.aws.amazon.com/bedrock/latest/userguide/s3-data-source-connector.html
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html#kb-permissions-access-ds (other accounts, KMS)
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from bedrock_constructs.arguments import (
    KMS_KEY_ARN,
    NAME,
    NAME_IN_WORDS,
    check_construct,
    check_each,
    check_text,
)
from bedrock_constructs.knowledge_base.source import Part
from bedrock_constructs.knowledge_base.stores.managed import bucket_connector

BUCKET, SCHEDULE = "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", r"(rate|cron)\(.+\)"


@dataclass(frozen=True)
class BucketSource:
    """Objects of `bucket`, or those whose keys begin with one of `prefixes`.

    `account`: the bucket's owner, if it is another one; its bucket policy must let the knowledge base's role in.
    `kms_key_arn`: of the key that encrypts the objects. `schedule`: a rate or cron expression of EventBridge Scheduler.
    """

    name: str
    bucket: str
    prefixes: Sequence[str] = ()
    account: str | None = None
    kms_key_arn: str | None = None
    schedule: str | None = None

    def __post_init__(self) -> None:
        check_text("name", self.name, NAME, NAME_IN_WORDS)
        check_text("bucket", self.bucket, BUCKET, "the name of a bucket, without s3://")
        check_each("prefixes", self.prefixes, r"[^/*?$].*", "a prefix such as manuals/, with no slash at its start")
        if self.account is not None:
            check_text("account", self.account, "[0-9]{12}", "the 12 digits of an AWS account")
        if self.kms_key_arn is not None:
            check_text("kms_key_arn", self.kms_key_arn, KMS_KEY_ARN, "the ARN of a KMS key, not of an alias")
        if self.schedule is not None:
            check_text("schedule", self.schedule, SCHEDULE, "rate(1 day) or, in UTC, cron(0 5 * * ? *)")

    @classmethod
    def of(
        cls, name: str, bucket: s3.IBucket, *, prefixes: Sequence[str] = (), schedule: str | None = None
    ) -> "BucketSource":
        """Of a bucket of this account, with the key that the CDK knows of it."""
        check_construct("bucket", bucket, "an s3.IBucket, such as Bucket.from_bucket_name gives")
        key = bucket.encryption_key
        return cls(name, bucket.bucket_name, prefixes, kms_key_arn=key.key_arn if key else None, schedule=schedule)

    def parts(self, own_account: str) -> list[Part]:
        """The id follows from the prefix: another order changes nothing."""
        return [
            Part(
                hashlib.sha256(prefix.encode()).hexdigest()[:8],
                self._configuration(prefix, own_account),
                (self.bucket, prefix),
                self.bucket,
                self._connector(prefix, own_account),
            )
            for prefix in self._prefixes
        ]

    def _connector(self, prefix: str, own_account: str) -> bedrock.CfnDataSource.DataSourceConfigurationProperty:
        """Of a managed knowledge base."""
        return bucket_connector(self.bucket, self.account or own_account, [prefix] if prefix else [])

    @property
    def _prefixes(self) -> Sequence[str]:
        return self.prefixes or ("",)

    def _configuration(self, prefix: str, own_account: str) -> bedrock.CfnDataSource.DataSourceConfigurationProperty:
        properties = bedrock.CfnDataSource
        return properties.DataSourceConfigurationProperty(
            type="S3",
            s3_configuration=properties.S3DataSourceConfigurationProperty(
                bucket_arn=self.bucket_arn,
                bucket_owner_account_id=self.account or own_account,
                inclusion_prefixes=[prefix] if prefix else None,
            ),
        )

    @property
    def bucket_arn(self) -> str:
        return f"arn:{cdk.Aws.PARTITION}:s3:::{self.bucket}"

    @property
    def objects(self) -> list[str]:
        return [f"{self.bucket_arn}/{prefix}*" for prefix in self._prefixes]

    @property
    def permitted_arns(self) -> list[str]:
        return [self.bucket_arn, *self.objects, *([self.kms_key_arn] if self.kms_key_arn else [])]

    def statements(self, stack: cdk.Stack) -> Iterator[iam.PolicyStatement]:
        """What the knowledge base's role may do. A bucket of this name that somebody else owns is not read."""
        owner = {"StringEquals": {"aws:ResourceAccount": self.account or stack.account}}
        yield iam.PolicyStatement(actions=["s3:ListBucket"], resources=[self.bucket_arn], conditions=owner)
        yield iam.PolicyStatement(actions=["s3:GetObject"], resources=self.objects, conditions=owner)
        if self.kms_key_arn:
            through = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
            yield iam.PolicyStatement(actions=["kms:Decrypt"], resources=[self.kms_key_arn], conditions=through)
