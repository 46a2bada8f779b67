"""Rights of the training workflow's state machine: its steps, customization jobs, their roles and keys."""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.custom_model_key import CREATE, JOB_KEY, model_key_statement
from bedrock_constructs.customization.external.kinds import KINDS, grant_external, is_trained
from bedrock_constructs.model_arns import foundation_model_arns
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from bedrock_constructs.ownership import both
from kit_contract.external_models import IMPORT
from kit_contract.runs import RunSpecification


def grant_jobs(
    scope: Construct,
    machine: sfn.StateMachine,
    kit_deployment: str,
    customizations: Sequence[RunSpecification],
    functions: Sequence[lambda_.IFunction],
) -> None:
    stack = cdk.Stack.of(scope)
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="Steps",
            actions=["lambda:InvokeFunction"],
            resources=[function.function_arn for function in functions],
        )
    )
    if trained := [item for item in customizations if is_trained(item)]:
        _grant_training(scope, machine, kit_deployment, trained)
    if keys := model_keys(customizations):
        machine.add_to_role_policy(model_key_statement(stack, "EncryptModels", CREATE, keys))
    external = [item for item in customizations if not is_trained(item)]
    grant_external(scope, machine, kit_deployment, external)
    # The rights of training jobs and of imports have that to tag already.
    if not trained and any(item.method != IMPORT for item in external):
        _grant_tags(scope, machine, kit_deployment)
    reason = "X-Ray and the delivery of CloudWatch Logs have no resource-level permissions"
    acknowledge_wildcards(machine, ["*"], reason=reason)


def _grant_training(
    scope: Construct, machine: sfn.StateMachine, kit_deployment: str, trained: Sequence[RunSpecification]
) -> None:
    stack = cdk.Stack.of(scope)
    foundation = foundation_model_arns(stack, (item.base_model for item in trained))
    models, jobs = (
        stack.format_arn(service="bedrock", resource=kind, resource_name="*")
        for kind in ("custom-model", "model-customization-job")
    )
    own, maybe_own = ownership.own(kit_deployment), ownership.own_or_absent(kit_deployment)
    # Permissions of .sync and for tags. For Bedrock, .sync polls and needs no EventBridge rule.
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html#bedrock-iam
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="Train",
            actions=["bedrock:CreateModelCustomizationJob", "bedrock:TagResource"],
            resources=[*foundation, models, jobs],
            conditions=both(ownership.served_created(kit_deployment), maybe_own),
        )
    )
    if parents := sorted({item.parent for item in trained if item.parent.startswith("arn:")}):
        # Named one by one, and so whoever's tag they carry.
        machine.add_to_role_policy(
            iam.PolicyStatement(
                sid="TrainFurther",
                actions=["bedrock:CreateModelCustomizationJob"],
                resources=parents,
                conditions=ownership.served_created(kit_deployment),
            )
        )
    for sid, verb, conditions in (("FollowJob", "Get", maybe_own), ("StopJob", "Stop", own)):
        action = f"bedrock:{verb}ModelCustomizationJob"
        machine.add_to_role_policy(
            iam.PolicyStatement(sid=sid, actions=[action], resources=[jobs], conditions=conditions)
        )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="PassJobRole",
            actions=["iam:PassRole"],
            resources=[item.role_arn for item in trained],
            conditions={"StringEquals": {"iam:PassedToService": "bedrock.amazonaws.com"}},
        )
    )
    acknowledge_wildcards(scope, [models, jobs], reason="Bedrock chooses the ids of jobs and models")


def _grant_tags(scope: Construct, machine: sfn.StateMachine, kit_deployment: str) -> None:
    models = cdk.Stack.of(scope).format_arn(service="bedrock", resource="custom-model", resource_name="*")
    created = both(ownership.served_created(kit_deployment), ownership.own_or_absent(kit_deployment))
    machine.add_to_role_policy(
        iam.PolicyStatement(sid="TagModels", actions=["bedrock:TagResource"], resources=[models], conditions=created)
    )
    acknowledge_wildcards(scope, [models], reason="Bedrock chooses the ids of models")


def model_keys(customizations: Sequence[RunSpecification]) -> list[str]:
    """The customer managed keys of custom models."""
    members = (JOB_KEY, *(kind.key for kind in KINDS.values()))
    return sorted(
        {str(item.job_members[name]) for item in customizations for name in members if name in item.job_members}
    )
