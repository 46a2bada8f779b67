"""Imported models: CreateModelImportJob of an open model in S3, with a role of its own that reads it.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-import-model-job.html
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.customization.external.kind import ExternalKind
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from bedrock_constructs.ownership import both
from kit_contract.external_models import IMPORT
from kit_contract.runs import RunSpecification


def _grant(scope: Construct, machine: sfn.StateMachine, kit_deployment: str, items: Sequence[RunSpecification]) -> None:
    stack = cdk.Stack.of(scope)
    models, jobs = (
        stack.format_arn(service="bedrock", resource=kind, resource_name="*")
        for kind in ("imported-model", "model-import-job")
    )
    created, maybe_own = ownership.served_created(kit_deployment), ownership.own_or_absent(kit_deployment)
    passed: ownership.Conditions = {"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}}
    rows: list[tuple[str, str, list[str], ownership.Conditions]] = [
        # It takes no resource: the tags in the request keep it to this deployment.
        # https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html
        ("ImportModels", "bedrock:CreateModelImportJob", ["*"], created),
        ("TagImported", "bedrock:TagResource", [models, jobs], both(created, maybe_own)),
        ("FollowImports", "bedrock:GetModelImportJob", [jobs], maybe_own),
        ("PassImportRole", "iam:PassRole", [item.role_arn for item in items], passed),
    ]
    for sid, action, resources, conditions in rows:
        statement = iam.PolicyStatement(sid=sid, actions=[action], resources=resources, conditions=conditions)
        machine.add_to_role_policy(statement)
    acknowledge_wildcards(scope, [models, jobs], reason="Bedrock chooses the ids of models and jobs")


IMPORTED_MODELS = ExternalKind(
    method=IMPORT,
    verb="Import",
    create="createModelImportJob",
    names={
        "JobName": "$.check.job_name",
        "ImportedModelName": "$.custom_model_name",
        "RoleArn": "$.specification.role_arn",
    },
    source={"ModelDataSource": "", "VpcConfig": "InVpc"},
    key="ImportedModelKmsKeyId",
    tags=("JobTags", "ImportedModelTags"),
    created="JobArn",
    get="getModelImportJob",
    identifier="JobIdentifier",
    model="ImportedModelArn",
    status="Status",
    busy="InProgress",
    done="Completed",
    failed="Failed",
    grant=_grant,
    find=("bedrock:ListImportedModels", "bedrock:ListModelImportJobs"),
    owned=("imported-model", "model-import-job"),
)
