"""What Custom::BucketObjects may do in the bucket that it writes to, whatever the objects are made of."""

from aws_cdk import Stack
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3

from kit_contract.stacks import MANIFESTS_PREFIX

RESOURCE_TYPE = "Custom::BucketObjects"
WILDCARD_REASON = "object keys are file names of the folder, under one prefix"


def write_statements(destination: s3.IBucket, granted_prefix: str) -> list[iam.PolicyStatement]:
    written = [destination.arn_for_objects(f"{prefix}*") for prefix in (granted_prefix, MANIFESTS_PREFIX)]
    write = ["s3:PutObject", "s3:GetObject", "s3:DeleteObject"]
    return [
        # The keys are file names of the folder: only the prefix can be named.
        iam.PolicyStatement(actions=write, resources=written),
        # Without it S3 answers 403 instead of 404 for a manifest that does not exist yet.
        iam.PolicyStatement(actions=["s3:ListBucket"], resources=[destination.bucket_arn]),
    ]


def key_statements(stack: Stack, destination: s3.IBucket) -> list[iam.PolicyStatement]:
    """For the function's role: a bucket's policy takes actions of S3 only."""
    if not destination.encryption_key:
        return []
    key_actions = ["kms:GenerateDataKey", "kms:Decrypt"]
    through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
    key = destination.encryption_key.key_arn
    return [iam.PolicyStatement(actions=key_actions, resources=[key], conditions=through_s3)]
