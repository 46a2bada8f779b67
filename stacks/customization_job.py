"""What the job of a customization has beyond fine-tuning: members of its request, and rights of its role for them."""

from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.custom_model_key import USE, key_members, model_key_statement
from bedrock_constructs.customization.methods.distillation import (
    distillation_members,
    grant_logs,
    grant_teacher,
    log_members,
)
from bedrock_constructs.customization.methods.job_network import grant_network, network_members
from bedrock_constructs.customization.methods.reinforcement import (
    RewardFunction,
    any_version,
    grant_grader,
    reinforcement_members,
)
from deployment.sections.distillation import Distillation
from deployment.sections.reinforcement import Reinforcement
from deployment.sections.training import Customization, Training
from kit_contract.stacks import pascal
from model_catalog import catalog


def job_members(
    scope: Construct, name: str, item: Customization, training: Training, role: iam.Role, values: Mapping[str, str]
) -> dict[str, Any]:
    """`values` are the hyperparameters with the catalog's defaults. Grants `role` what the members need."""
    members: dict[str, Any] = {}
    if item.distillation:
        members |= _distillation(item.distillation, role)
    if item.reinforcement:
        members |= _reinforcement(scope, name, item, item.reinforcement, role, values)
    if network := item.vpc or training.vpc:
        grant_network(role, network.subnet_ids, network.security_group_ids)
        members |= network_members(network.subnet_ids, network.security_group_ids)
    if key := training.model_key(name):
        role.add_to_policy(model_key_statement(cdk.Stack.of(role), "UseModelKey", USE, [key]))
        members |= key_members(key)
    return members


def _distillation(section: Distillation, role: iam.Role) -> dict[str, Any]:
    teacher = section.teacher_model
    if catalog.prefix(teacher):
        arns = _invoke_arns(role, teacher)
        grant_teacher(role, arns)
        teacher = arns[0]
    members = distillation_members(teacher, section.max_response_length)
    if section.invocation_logs:
        grant_logs(role, section.invocation_logs.s3_uri, section.invocation_logs.kms_key_arn)
        members |= log_members(section.invocation_logs.request())
    return members


def _reinforcement(
    scope: Construct, name: str, item: Customization, section: Reinforcement, role: iam.Role, values: Mapping[str, str]
) -> dict[str, Any]:
    typed = catalog.typed_hyperparameters(item.base_model, values, item.method)
    if section.grader_arn:
        grant_grader(role, section.grader_arn)
        return reinforcement_members(section.grader_arn, typed)
    grader = RewardFunction(
        scope,
        f"{pascal(name)}Grader",
        files=section.grader_files(),
        handler=section.entry_point,
        timeout=cdk.Duration.seconds(section.timeout_seconds),
        memory_mb=section.memory_mb,
        judge_arns=[arn for model in section.judge_models for arn in _invoke_arns(role, model)],
    )
    grant_grader(role, any_version(grader.function))
    return reinforcement_members(grader.version_arn, typed)


def _invoke_arns(scope: Construct, model: str) -> list[str]:
    stack = cdk.Stack.of(scope)
    return catalog.invoke_arns(model, stack.region, stack.account, partition=stack.partition)
