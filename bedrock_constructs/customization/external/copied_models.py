"""Copies of custom models: CreateModelCopyJob in the deployment's Region, from another Region or account.

A shared model needs a resource share of AWS RAM that the account has accepted; no right of the role replaces it.
https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model-prereq.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.customization.external.kind import ExternalKind
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.external_models import COPY
from kit_contract.runs import RunSpecification


def _grant(scope: Construct, machine: sfn.StateMachine, kit_deployment: str, items: Sequence[RunSpecification]) -> None:
    """Sources are named one by one, and so whoever's tag they carry."""
    stack = cdk.Stack.of(scope)
    jobs = stack.format_arn(service="bedrock", resource="model-copy-job", resource_name="*")
    sources = sorted({str(item.job_members["SourceModelArn"]) for item in items})
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="CopyModels",
            actions=["bedrock:CreateModelCopyJob"],
            resources=sources,
            conditions=ownership.served_created(kit_deployment),
        )
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(sid="FollowCopies", actions=["bedrock:GetModelCopyJob"], resources=[jobs])
    )
    acknowledge_wildcards(scope, [jobs], reason="Bedrock chooses the ids of jobs, and a copy job has no tags")


def grant_source_keys(machine: sfn.StateMachine, key_arns: Sequence[str]) -> None:
    """The customer managed keys of the sources, which may be those of another Region or account. Through Bedrock only:
    AWS does not document of which Region.
    """
    if not key_arns:
        return
    suffix = cdk.Stack.of(machine).url_suffix
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="DecryptSources",
            actions=["kms:Decrypt"],
            resources=sorted(set(key_arns)),
            conditions={"StringLike": {"kms:ViaService": f"bedrock.*.{suffix}"}},
        )
    )


COPIED_MODELS = ExternalKind(
    method=COPY,
    verb="Copy",
    create="createModelCopyJob",
    names={"TargetModelName": "$.custom_model_name"},
    source={"SourceModelArn": ""},
    key="ModelKmsKeyId",
    tags=("TargetModelTags",),
    created="JobArn",
    get="getModelCopyJob",
    identifier="JobArn",
    model="TargetModelArn",
    status="Status",
    busy="InProgress",
    done="Completed",
    failed="Failed",
    grant=_grant,
    find=("bedrock:ListModelCopyJobs",),
)
