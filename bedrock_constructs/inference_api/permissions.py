"""Permissions of the API's function: invoke the configured models and this deployment's own, query knowledge bases.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (why invoking needs Get actions)
"""

from collections.abc import Collection, Iterable, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_

from bedrock_constructs.custom_model_key import USE, model_key_statement
from bedrock_constructs.inference_api.targets import AliasTarget, ServedAlias, ServedKnowledgeBase
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.parameters import aliases_path
from kit_contract.tags import DEPLOYMENT_TAG, resource_tag_key
from kit_contract.vector_stores import MANAGED

WILDCARD_REASON = (
    "Bedrock chooses the ids of trained models, and a tag limits them to this deployment's own; a global profile runs "
    "in any region; each alias has two parameters; RetrieveAndGenerate and Rerank have no resource-level permissions"
)
# IAM: a role's inline policies hold 10,240 characters together, a managed policy 6,144.
PART = 1_850  # characters of the models' ARNs in a statement
INLINE_PARTS, MANAGED_PARTS = 3, 3
INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")  # of Converse and ConverseStream
COUNT_TOKENS = "bedrock:CountTokens"  # of foundation models only
READ_CONFIGURED = {
    "ReadProfiles": ("bedrock:GetInferenceProfile", ("inference-profile", "application-inference-profile")),
    "ReadThroughputs": ("bedrock:GetProvisionedModelThroughput", ("provisioned-model",)),
    "ReadDeployments": ("bedrock:GetCustomModelDeployment", ("custom-model-deployment",)),
    "ReadImportedModels": ("bedrock:GetImportedModel", ("imported-model",)),
}
HOLD_CUSTOM_MODELS = (":provisioned-model/", ":custom-model-deployment/")


def grant_serving(
    function: lambda_.Function,
    kit_deployment: str,
    *,
    aliases: Collection[ServedAlias],
    knowledge_bases: Collection[ServedKnowledgeBase],
    guardrail_arns: Collection[str] = (),
    guardrail_keys: Collection[str] = (),
    media_buckets: Collection[str] = (),
    model_keys: Collection[str] = (),
) -> None:
    stack = cdk.Stack.of(function)
    # Two parameters per alias, serving and capacity; there are no others below this path.
    parameters = stack.format_arn(
        service="ssm", resource="parameter", resource_name=f"{aliases_path(kit_deployment)[1:]}/*"
    )
    base_models = [target for alias in aliases for target in alias.targets]
    generating = [
        item for item in knowledge_bases if item.store != MANAGED
    ]  # RetrieveAndGenerate refuses the managed ones
    models = _configured_models(stack, [*base_models, *(item.model for item in generating)])
    _add_managed_policies(function, models[INLINE_PARTS:])
    places = {place for alias in aliases for place in alias.order}
    statements = [*models[:INLINE_PARTS], *_own_models(stack, kit_deployment, places, model_keys)]
    if any(alias.imported for alias in aliases):
        statements += _own_imported_models(stack, kit_deployment)
    if places - {"base"}:
        statements.append(_allow("ReadAliases", ["ssm:GetParameters"], [parameters]))
    statements += _knowledge_statements(stack, kit_deployment, knowledge_bases)
    statements += _guardrail_statements(guardrail_arns, guardrail_keys)
    if rerank_models := sorted({item.rerank_model_arn for item in generating if item.rerank_model_arn}):
        # Of RetrieveAndGenerate; Retrieve reranks with the knowledge base's role.
        # https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
        statements.append(_allow("Rerank", ["bedrock:Rerank"], ["*"]))
        statements.append(_allow("InvokeRerankModel", ["bedrock:InvokeModel"], rerank_models))
    if media_buckets:
        statements.append(_read_media(stack, media_buckets))
    for statement in statements:
        function.add_to_role_policy(statement)
    resources = [resource for statement in statements for resource in statement.resources]
    role = function.role
    assert isinstance(role, iam.Role)  # PythonFunction creates it
    acknowledge_wildcards(role, resources, reason=WILDCARD_REASON)


def _knowledge_statements(
    stack: cdk.Stack, kit_deployment: str, knowledge_bases: Collection[ServedKnowledgeBase]
) -> list[iam.PolicyStatement]:
    if not knowledge_bases:
        return []
    arns = [_bedrock_arn(stack, f"knowledge-base/{item.id}") for item in knowledge_bases if not item.parameter]
    retrieve = [_allow("Retrieve", ["bedrock:Retrieve"], arns)] if arns else []
    if parameters := [item.parameter for item in knowledge_bases if item.parameter]:
        # By tag: the id of a replacement is not known before the deploy of its stack.
        own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}
        retrieve.append(_allow("RetrieveOwn", ["bedrock:Retrieve"], [_bedrock_arn(stack, "knowledge-base/*")], own))
        ids = [stack.format_arn(service="ssm", resource="parameter", resource_name=name[1:]) for name in parameters]
        retrieve.append(_allow("ReadKnowledgeBaseIds", ["ssm:GetParameters"], ids))
    if any(item.store != MANAGED for item in knowledge_bases):
        # No resource-level permissions of RetrieveAndGenerate: Retrieve and InvokeModel limit what it reaches.
        retrieve.append(_allow("RetrieveAndGenerate", ["bedrock:RetrieveAndGenerate"], ["*"]))
    return retrieve


def _guardrail_statements(arns: Collection[str], keys: Collection[str]) -> list[iam.PolicyStatement]:
    statements = []
    if arns:
        # Also of the profiles: https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
        statements.append(_allow("ApplyGuardrails", ["bedrock:ApplyGuardrail"], list(dict.fromkeys(arns))))
    if keys:
        # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html
        statements.append(_allow("DecryptGuardrails", ["kms:Decrypt"], sorted(set(keys))))
    return statements


def _read_media(stack: cdk.Stack, buckets: Iterable[str]) -> iam.PolicyStatement:
    """Bedrock reads what a request names with the rights of its caller, here the function's role."""
    arns = [f"arn:{stack.partition}:s3:::{bucket.removesuffix('/')}/*" for bucket in buckets]
    return _allow("ReadMedia", ["s3:GetObject"], arns, {"StringEquals": {"aws:ResourceAccount": stack.account}})


def _configured_models(stack: cdk.Stack, targets: Iterable[AliasTarget]) -> list[iam.PolicyStatement]:
    arns = sorted({arn for target in targets for arn in target.invoke_arns})
    if not arns:
        return []
    statements = _in_parts("InvokeConfiguredModels", [*INVOKE, COUNT_TOKENS], arns)
    for sid, (action, kinds) in READ_CONFIGURED.items():
        statements += _in_parts(sid, [action], [arn for arn in arns if any(f":{kind}/" in arn for kind in kinds)])
    if any(kind in arn for arn in arns for kind in HOLD_CUSTOM_MODELS):
        # Another stack decides which custom model they serve, and changes it.
        models = _bedrock_arn(stack, "custom-model/*")
        statements.append(_allow("ReadCustomModels", ["bedrock:GetCustomModel"], [models]))
    return statements


def _add_managed_policies(function: lambda_.Function, statements: Sequence[iam.PolicyStatement]) -> None:
    """For deployments whose aliases name many different models. The CDK would split by an estimate."""
    assert function.role
    for start in range(0, len(statements), MANAGED_PARTS):
        part = statements[start : start + MANAGED_PARTS]
        number = start // MANAGED_PARTS + 1
        policy = iam.ManagedPolicy(function, f"Models{number}", statements=list(part), roles=[function.role])
        acknowledge_wildcards(
            policy, [arn for statement in part for arn in statement.resources], reason=WILDCARD_REASON
        )


def _in_parts(sid: str, actions: Sequence[str], arns: Sequence[str]) -> list[iam.PolicyStatement]:
    parts: list[list[str]] = []
    size = PART
    for arn in arns:
        size += len(arn) + len('"",')
        if size > PART:
            parts.append([])
            size = len(arn)
        parts[-1].append(arn)
    return [_allow(f"{sid}{number or ''}", actions, part) for number, part in enumerate(parts)]


def _own_models(
    stack: cdk.Stack, kit_deployment: str, places: Collection[str], keys: Collection[str]
) -> list[iam.PolicyStatement]:
    """Limited by tag: Bedrock chooses the ids of trained models, long after this policy exists. `keys` encrypt them."""
    own = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}
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
        *([model_key_statement(stack, "UseModelKeys", USE, list(keys))] if keys else []),
    ]


def _own_imported_models(stack: cdk.Stack, kit_deployment: str) -> list[iam.PolicyStatement]:
    own, models = {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}, "imported-model/*"
    return [
        _allow("InvokeOwnImportedModels", list(INVOKE), [_bedrock_arn(stack, models)], own),
        _allow("ReadOwnImportedModels", ["bedrock:GetImportedModel"], [_bedrock_arn(stack, models)], own),
    ]


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], conditions: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources), conditions=conditions)


def _bedrock_arn(stack: cdk.Stack, resource: str) -> str:
    kind, _, name = resource.partition("/")
    return stack.format_arn(service="bedrock", resource=kind, resource_name=name)
