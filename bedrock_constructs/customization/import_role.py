"""The role that Bedrock assumes for model import jobs: it lists and reads what is below one prefix.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-import-iam-role.html
"""

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.customization.model_sources import ModelLocation
from bedrock_constructs.customization.source_reader import bucket_arn
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards


class ImportRole(Construct):
    """Trusts Bedrock for import jobs of this account and Region only. Exposes `role`."""

    def __init__(self, scope: Construct, construct_id: str, *, location: ModelLocation) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        jobs = stack.format_arn(service="bedrock", resource="model-import-job", resource_name="*")
        self.role = iam.Role(
            self,
            "Role",
            description="Taken on by Amazon Bedrock for model import jobs",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={"StringEquals": {"aws:SourceAccount": stack.account}, "ArnLike": {"aws:SourceArn": jobs}},
            ),
        )
        bucket = bucket_arn(stack, location.s3_uri)
        objects = f"{bucket}/{location.folder}*"
        owned = location.owned(stack)
        # AWS's example has no s3:prefix for the list: Bedrock may list without one.
        for sid, action, resource in (("ReadModel", "s3:GetObject", objects), ("ListModel", "s3:ListBucket", bucket)):
            statement = iam.PolicyStatement(sid=sid, actions=[action], resources=[resource], conditions=owned)
            self.role.add_to_policy(statement)
        if location.kms_key_arn:
            self.role.add_to_policy(
                iam.PolicyStatement(
                    sid="DecryptModel",
                    actions=["kms:Decrypt"],
                    resources=[location.kms_key_arn],
                    conditions=location.through_s3(stack),
                )
            )
        acknowledge_wildcards(self, [objects], reason="A model's files may have any name")
