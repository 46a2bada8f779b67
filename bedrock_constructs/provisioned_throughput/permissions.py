"""What buying, swapping and releasing one throughput takes: for its custom resource and for its schedule alike.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
"""

import re
from dataclasses import dataclass

from aws_cdk import ArnFormat, Stack
from aws_cdk import aws_iam as iam

# Service Quotas' codes of model units without commitment: custom models, base models.
QUOTA_CODES = ("L-BE77399C", "L-FE44174A")
CONTEXT_SUFFIX = re.compile(r":\d+k$")


@dataclass(frozen=True)
class ThroughputTarget:
    """Which throughput (its name in Bedrock), which model or customization behind it, which alias in front of it."""

    name: str
    model_identifier: str | None
    customization: str | None
    alias: str | None


def throughput_statements(stack: Stack, kit_deployment: str, target: ThroughputTarget) -> list[iam.PolicyStatement]:
    # Bedrock chooses the last part of these ARNs when throughput and models are made: only the type can be named.
    throughputs = stack.format_arn(service="bedrock", resource="provisioned-model", resource_name="*")
    models = _model_arn(stack, target)
    actions = ["Get", "Update", "Delete"]
    own = [f"bedrock:{verb}ProvisionedModelThroughput" for verb in actions]
    statements = [
        _allow([*own, "bedrock:TagResource", "bedrock:ListTagsForResource"], [throughputs]),
        _allow(["bedrock:CreateProvisionedModelThroughput", "bedrock:UpdateProvisionedModelThroughput"], [models]),
        # Listing knows no resource type: units in use are counted before a purchase.
        _allow(["bedrock:ListProvisionedModelThroughputs"], ["*"]),
        _allow(["servicequotas:GetServiceQuota"], [_quota_arn(stack, code) for code in QUOTA_CODES]),
        _allow(["ssm:GetParameter", "ssm:PutParameter"], [capacity_arn(stack, kit_deployment, target.name, "ledger")]),
    ]
    if target.customization:
        # Before the first promotion the newest model of the customization is looked for, again without a resource type.
        statements.append(_allow(["bedrock:ListCustomModels"], ["*"]))
        promoted = parameter_arn(stack, kit_deployment, f"customizations/{target.customization}/promoted")
        statements.append(_allow(["ssm:GetParameter"], [promoted]))
    if target.alias:
        alias = parameter_arn(stack, kit_deployment, f"aliases/{target.alias}/capacity")
        statements.append(_allow(["ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"], [alias]))
    return statements


def idleness_statements(stack: Stack, kit_deployment: str) -> list[iam.PolicyStatement]:
    """Counting the calls of this deployment's throughputs, and calling each once to see that they are counted.

    The Get action beside the invoking one: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
    """
    own = {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": kit_deployment}}
    kinds = {"InvokeModel": "provisioned-model", "GetCustomModel": "custom-model"}
    calls = [
        iam.PolicyStatement(
            actions=[f"bedrock:{action}"],
            resources=[stack.format_arn(service="bedrock", resource=kind, resource_name="*")],
            conditions=own,
        )
        for action, kind in kinds.items()
    ]
    return [_allow(["cloudwatch:GetMetricStatistics"], ["*"]), *calls]  # metrics have no ARN


def capacity_arn(stack: Stack, kit_deployment: str, throughput: str, leaf: str) -> str:
    return parameter_arn(stack, kit_deployment, f"capacity/{throughput}/{leaf}")


def parameter_arn(stack: Stack, kit_deployment: str, path: str) -> str:
    return stack.format_arn(
        service="ssm",
        resource=f"parameter/bedrock-kit/{kit_deployment}/{path}",
        arn_format=ArnFormat.NO_RESOURCE_NAME,
    )


def _model_arn(stack: Stack, target: ThroughputTarget) -> str:
    if target.model_identifier is None:
        return stack.format_arn(service="bedrock", resource="custom-model", resource_name="*")
    if target.model_identifier.startswith("arn:"):
        return target.model_identifier
    # With and without the context suffix: which of both IAM is asked about is not documented.
    name = f"{CONTEXT_SUFFIX.sub('', target.model_identifier)}*"
    return stack.format_arn(service="bedrock", account="", resource="foundation-model", resource_name=name)


def _quota_arn(stack: Stack, code: str) -> str:
    return stack.format_arn(service="servicequotas", resource="bedrock", resource_name=code)


def _allow(actions: list[str], resources: list[str]) -> iam.PolicyStatement:
    return iam.PolicyStatement(actions=actions, resources=resources)
