"""The role that Bedrock assumes for customization jobs: access to two prefixes of one bucket and to the bucket's key.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_kms as kms
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards


class CustomizationRole(Construct):
    """Trusts Bedrock for customization jobs of this account and region only. Exposes `role`."""

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket,
        data_prefix: str,
        output_prefix: str,
        kms_key: kms.IKey | None = None,
        media_prefix: str | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        jobs = stack.format_arn(service="bedrock", resource="model-customization-job", resource_name="*")
        self.role = iam.Role(
            self,
            "Role",
            description="Taken on by Amazon Bedrock for model customization jobs",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": jobs},
                },
            ),
        )
        grant_job(
            self.role,
            bucket=bucket,
            data_prefix=data_prefix,
            output_prefix=output_prefix,
            kms_key=kms_key,
            media_prefix=media_prefix,
        )


def grant_job(
    role: iam.IRole,
    *,
    bucket: s3.IBucket,
    data_prefix: str,
    output_prefix: str,
    kms_key: kms.IKey | None = None,
    media_prefix: str | None = None,
) -> None:
    """What Bedrock does with the role of a job. A role of somebody else's must trust bedrock.amazonaws.com, too."""
    stack = cdk.Stack.of(role)
    own_account = {"StringEquals": {"aws:ResourceAccount": stack.account}}
    data = bucket.arn_for_objects(f"{data_prefix}*")
    output = bucket.arn_for_objects(f"{output_prefix}*")
    statements = [
        iam.PolicyStatement(sid="ReadData", actions=["s3:GetObject"], resources=[data], conditions=own_account),
        iam.PolicyStatement(
            sid="WriteOutput",
            actions=["s3:GetObject", "s3:PutObject"],
            resources=[output],
            conditions=own_account,
        ),
        iam.PolicyStatement(
            sid="ListBucket",
            actions=["s3:ListBucket"],
            resources=[bucket.bucket_arn],
            conditions=own_account,  # AWS's example has no s3:prefix: Bedrock may list without one
        ),
    ]
    read = [data]
    if media_prefix:
        read.append(bucket.arn_for_objects(f"{media_prefix}*"))
        statements[0].add_resources(read[1])
    if kms_key:
        statements.append(
            iam.PolicyStatement(
                sid="UseKey",
                actions=["kms:Decrypt", "kms:GenerateDataKey"],
                resources=[kms_key.key_arn],
                conditions={"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}},
            )
        )
    for statement in statements:
        role.add_to_principal_policy(statement)
    acknowledge_wildcards(role, [*read, output], reason="Objects of this customization's own prefixes; names are data")
