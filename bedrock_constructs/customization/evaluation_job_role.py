"""The role that Bedrock assumes for evaluation jobs: the evaluations' prefix of one bucket, and the models that judge.

https://docs.aws.amazon.com/bedrock/latest/userguide/judge-service-roles.html
"""

from collections.abc import Collection

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract import run_names
from kit_contract.evaluation_jobs import FOLDER

# The page has StopModelInvocationJob on models too, where it allows nothing (Service Authorization Reference).
JUDGE = ("bedrock:InvokeModel", "bedrock:CreateModelInvocationJob")


class EvaluationJobRole(Construct):
    """Trusts Bedrock for evaluation jobs of this account and region only. Exposes `role`.

    `evaluator_arns`: the foundation models that judge, and their profiles.
    """

    def __init__(
        self, scope: Construct, construct_id: str, *, bucket: s3.IBucket, evaluator_arns: Collection[str]
    ) -> None:
        super().__init__(scope, construct_id)
        stack = cdk.Stack.of(self)
        jobs = stack.format_arn(service="bedrock", resource="evaluation-job", resource_name="*")
        self.role = iam.Role(
            self,
            "Role",
            description="Taken on by Amazon Bedrock for evaluation jobs",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": jobs},
                },
            ),
        )
        objects = bucket.arn_for_objects(f"{run_names.RUNS}*/{FOLDER}*")
        own_account = {"StringEquals": {"aws:ResourceAccount": stack.account}}
        self._allow(
            "Answers", ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], [objects], conditions=own_account
        )
        listing = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
        self._allow("Bucket", listing, [bucket.bucket_arn], conditions=own_account)
        arns = sorted(evaluator_arns)
        self._allow("Judge", list(JUDGE), arns)
        if profiles := [arn for arn in arns if "inference-profile/" in arn]:
            self._allow("ReadProfiles", ["bedrock:GetInferenceProfile"], profiles)
        if bucket.encryption_key:
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
            keys = [bucket.encryption_key.key_arn]
            self._allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], keys, conditions=through_s3)
        acknowledge_wildcards(
            self,
            [objects, *arns],
            reason="Objects of runs are named by hashes, and a global profile runs in any Region",
        )

    def _allow(
        self,
        sid: str,
        actions: list[str],
        resources: list[str],
        *,
        conditions: dict[str, dict[str, str]] | None = None,
    ) -> None:
        self.role.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
        )
