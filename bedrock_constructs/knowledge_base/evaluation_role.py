"""The role that Bedrock assumes for evaluation jobs of one knowledge base: it asks, has models answer and judge.

https://docs.aws.amazon.com/bedrock/latest/userguide/rag-eval-service-roles.html
"""

from collections.abc import Collection, Mapping
from typing import NamedTuple

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.rag_evaluation_jobs import FOLDER
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key

# The page has StopModelInvocationJob on models too, where it allows nothing (Service Authorization Reference).
MODELS = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:CreateModelInvocationJob")
# Which model is behind the ARN that a call names.
READ = {
    "inference-profile/": "bedrock:GetInferenceProfile",
    ":provisioned-model/": "bedrock:GetProvisionedModelThroughput",
    ":imported-model/": "bedrock:GetImportedModel",
}


class AppliedGuardrail(NamedTuple):
    """Of answers: one of `deployment`, by its tag. `profile_arns`: the guardrail profiles that it runs in."""

    deployment: str
    profile_arns: Collection[str] = ()
    kms_key_arn: str | None = None


class KnowledgeBaseEvaluationRole(Construct):
    """Trusts Bedrock for evaluation jobs of this account and region only. Exposes `role`.

    The jobs read and write below evaluations/ of `bucket`. `model_arns`: the models that answer and judge, and their
    profiles.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        bucket: s3.IBucket,
        knowledge_base_arn: str,
        model_arns: Collection[str],
        rerank_model_arn: str | None = None,
        guardrail: AppliedGuardrail | None = None,
    ) -> None:
        super().__init__(scope, construct_id)
        self._stack = stack = cdk.Stack.of(self)
        jobs = stack.format_arn(service="bedrock", resource="evaluation-job", resource_name="*")
        self.role = iam.Role(
            self,
            "Role",
            description="Taken on by Amazon Bedrock for evaluation jobs of a knowledge base",
            assumed_by=iam.ServicePrincipal(
                "bedrock.amazonaws.com",
                conditions={
                    "StringEquals": {"aws:SourceAccount": stack.account},
                    "ArnLike": {"aws:SourceArn": jobs},
                },
            ),
        )
        wildcards = [self._allow_objects(bucket)]
        self._allow("Search", ["bedrock:Retrieve"], [knowledge_base_arn])
        # No resource-level permissions: Retrieve and InvokeModel limit what it reaches.
        self._allow("Answer", ["bedrock:RetrieveAndGenerate"], ["*"])
        models = sorted(model_arns)
        self._allow("AskModels", list(MODELS), models)
        for kind, action in READ.items():
            if read := [arn for arn in models if kind in arn]:
                self._allow(action.replace("bedrock:Get", "Read"), [action], read)
        if rerank_model_arn:
            self._allow("Rerank", ["bedrock:Rerank"], ["*"])
            self._allow("InvokeRerankModel", ["bedrock:InvokeModel"], [rerank_model_arn])
        if guardrail:
            wildcards.append(self._allow_guardrail(guardrail))
        acknowledge_wildcards(
            self,
            [*wildcards, *models, "*"],
            reason="Objects of jobs are named by hashes, guardrails by a later stack, and two actions take no ARN",
        )

    def _allow_objects(self, bucket: s3.IBucket) -> str:
        objects = bucket.arn_for_objects(f"{FOLDER}*")
        own_account = {"StringEquals": {"aws:ResourceAccount": self._stack.account}}
        self._allow("Objects", ["s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload"], [objects], own_account)
        listing = ["s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads"]
        self._allow("Bucket", listing, [bucket.bucket_arn], own_account)
        if bucket.encryption_key:
            through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{self._stack.region}.amazonaws.com"}}
            self._allow("UseKey", ["kms:Decrypt", "kms:GenerateDataKey"], [bucket.encryption_key.key_arn], through_s3)
        return objects

    def _allow_guardrail(self, guardrail: AppliedGuardrail) -> str:
        guardrails = self._stack.format_arn(service="bedrock", resource="guardrail", resource_name="*")
        tagged = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): guardrail.deployment}}
        self._allow("ApplyGuardrails", ["bedrock:ApplyGuardrail"], [guardrails], tagged)
        if guardrail.profile_arns:
            self._allow("UseGuardrailProfiles", ["bedrock:ApplyGuardrail"], sorted(guardrail.profile_arns))
        if guardrail.kms_key_arn:
            # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html
            self._allow("DecryptGuardrail", ["kms:Decrypt"], [guardrail.kms_key_arn])
        return guardrails

    def _allow(
        self,
        sid: str,
        actions: list[str],
        resources: list[str],
        conditions: Mapping[str, dict[str, str]] | None = None,
    ) -> None:
        self.role.add_to_policy(
            iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions)
        )
