"""What the API's function may do: invoke the configured models and this deployment's own, read its knowledge bases.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (the Get actions beside the invoking ones)
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

WILDCARD_REASON = (
    "Bedrock chooses the ids of the models it trains: their tag limits the rights to this deployment's own; a global "
    "profile runs in any region; two parameters for each alias; RetrieveAndGenerate has no resource level"
)
INVOKE = ("bedrock:InvokeModel",)  # Converse; streamed answers come from one call, so no right to stream


@dataclass(frozen=True)
class AliasTarget:
    """`model`: inference id or profile id; `invoke_arns`: its own ARN first, then those of a profile's destinations."""

    model: str
    invoke_arns: Sequence[str]


@dataclass(frozen=True)
class ServedAlias:
    """`order`: the places that are asked, first to last, each of "provisioned", "on-demand" and "base"."""

    base: AliasTarget
    order: Sequence[str]


def grant_serving(
    function: lambda_.Function,
    kit_deployment: str,
    *,
    aliases: Collection[ServedAlias],
    knowledge_base_model: AliasTarget | None,
    knowledge_base_ids: Iterable[str],
) -> None:
    stack = cdk.Stack.of(function)
    knowledge_bases = [_bedrock_arn(stack, f"knowledge-base/{kb_id}") for kb_id in knowledge_base_ids]
    # Two parameters for each alias, serving and capacity; nothing else is below this path.
    parameters = stack.format_arn(
        service="ssm", resource="parameter", resource_name=f"bedrock-kit/{kit_deployment}/aliases/*"
    )
    base_models = [alias.base for alias in aliases if "base" in alias.order]
    statements = [
        *_configured_models([*base_models, *([knowledge_base_model] if knowledge_base_model else [])]),
        *_own_models(stack, kit_deployment, places={place for alias in aliases for place in alias.order}),
        _allow("ReadAliases", ["ssm:GetParameters"], [parameters]),
    ]
    if knowledge_bases:
        statements.append(_allow("Retrieve", ["bedrock:Retrieve"], knowledge_bases))
        # The action has no resource level: what it reaches is limited by Retrieve and InvokeModel above.
        statements.append(_allow("RetrieveAndGenerate", ["bedrock:RetrieveAndGenerate"], ["*"]))
    for statement in statements:
        function.add_to_role_policy(statement)
    resources = [resource for statement in statements for resource in statement.resources]
    role = function.role
    assert isinstance(role, iam.Role)  # PythonFunction makes one
    acknowledge_wildcards(role, resources, reason=WILDCARD_REASON)


def _configured_models(targets: Iterable[AliasTarget]) -> list[iam.PolicyStatement]:
    arns = sorted({arn for target in targets for arn in target.invoke_arns})
    if not arns:
        return []
    statements = [_allow("InvokeConfiguredModels", list(INVOKE), arns)]
    profiles = [arn for arn in arns if ":inference-profile/" in arn]
    if profiles:
        statements.append(_allow("ReadProfiles", ["bedrock:GetInferenceProfile"], profiles))
    return statements


def _own_models(stack: cdk.Stack, kit_deployment: str, *, places: Collection[str]) -> list[iam.PolicyStatement]:
    """Their ids are given by Bedrock when training makes them, long after this policy: the tag says whose they are."""
    own = {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": kit_deployment}}
    kinds = {
        "on-demand": ("custom-model-deployment", "ReadOwnDeployments", "bedrock:GetCustomModelDeployment"),
        "provisioned": ("provisioned-model", "ReadOwnProvisionedModels", "bedrock:GetProvisionedModelThroughput"),
    }
    used = [
        (_bedrock_arn(stack, f"{kind}/*"), sid, action)
        for place, (kind, sid, action) in kinds.items()
        if place in places
    ]
    if not used:
        return []
    models = _bedrock_arn(stack, "custom-model/*")
    return [
        _allow("InvokeOwnModels", list(INVOKE), [arn for arn, _, _ in used], own),
        *(_allow(sid, [action], [arn], own) for arn, sid, action in used),
        _allow("ReadOwnCustomModels", ["bedrock:GetCustomModel"], [models], own),
    ]


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], conditions: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources), conditions=conditions)


def _bedrock_arn(stack: cdk.Stack, resource: str) -> str:
    kind, _, name = resource.partition("/")
    return stack.format_arn(service="bedrock", resource=kind, resource_name=name)
