"""[knowledge_bases.*.sources.*]: documents that lie elsewhere, and how often they are looked at again."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import AccountId, BucketName, BucketPrefix, IngestionSchedule, KmsKeyArn, Section


class S3Source(Section):
    """Objects of a bucket in the Region: all, or those below `prefixes`. `account`: the bucket's owner, if another."""

    kind: Literal["s3"]
    bucket: BucketName
    prefixes: Annotated[list[BucketPrefix], Field(max_length=50)] = []
    account: AccountId | None = None
    kms_key_arn: KmsKeyArn | None = None
    schedule: IngestionSchedule | None = None
