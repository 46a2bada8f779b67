"""Rights of the workflow's functions on imported models, where a deployment imports any."""

from collections.abc import Iterable

from aws_cdk import Stack

from bedrock_constructs import ownership
from bedrock_constructs.customization.function import CustomizationFunction
from kit_contract.external_models import IMPORT
from kit_contract.runs import RunSpecification

BY_BEDROCK = "Bedrock chooses the ids; a tag limits what is changed or read, and the owner's tag itself is read"


def imports_models(items: Iterable[RunSpecification]) -> bool:
    return any(item.method == IMPORT for item in items)


def deploys_models(items: Iterable[RunSpecification]) -> bool:
    """Whether a custom model deployment serves any of them: an imported model serves by itself."""
    return any(item.serving == "on-demand" and item.method != IMPORT for item in items)


def grant_imported_models(
    function: CustomizationFunction,
    kit_deployment: str,
    *,
    look: bool = True,
    find: bool = False,
    ask: bool = False,
    delete: bool = False,
) -> None:
    """`look`: to read this deployment's. `find`: to list them, too; `ask`: to send them messages.

    https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html (why invoking needs GetImportedModel)
    """
    models = [Stack.of(function).format_arn(service="bedrock", resource="imported-model", resource_name="*")]
    own, maybe_own = ownership.own(kit_deployment), ownership.own_or_absent(kit_deployment)

    def allow(sid: str, action: str, conditions: ownership.Conditions | None) -> None:
        function.allow(sid, [f"bedrock:{action}"], models, acknowledgment=BY_BEDROCK, conditions=conditions)

    if look:
        allow("LookAtImported", "GetImportedModel", maybe_own)
    if find:
        reason = "Listing models takes no ARN"
        function.allow("FindImported", ["bedrock:ListImportedModels"], ["*"], acknowledgment=reason)
    if find or delete:
        allow("ReadOwnerOfImported", "ListTagsForResource", None)
    if ask:
        allow("AskImported", "InvokeModel", own)
    if delete:
        allow("DeleteImported", "DeleteImportedModel", own)
