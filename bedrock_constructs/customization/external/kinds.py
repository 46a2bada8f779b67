"""The kinds of external models, by the method of their runs."""

from collections.abc import Iterable, Sequence

from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs.customization.external.copied_models import COPIED_MODELS
from bedrock_constructs.customization.external.imported_models import IMPORTED_MODELS
from bedrock_constructs.customization.external.kind import ExternalKind
from bedrock_constructs.customization.external.sagemaker_models import SAGEMAKER_MODELS
from kit_contract.runs import RunSpecification

KINDS: dict[str, ExternalKind] = {kind.method: kind for kind in (COPIED_MODELS, SAGEMAKER_MODELS, IMPORTED_MODELS)}


def is_trained(item: RunSpecification) -> bool:
    """Whether a customization job makes the model."""
    return item.method not in KINDS


def used_kinds(items: Iterable[RunSpecification]) -> list[ExternalKind]:
    methods = {item.method for item in items}
    return [kind for method, kind in KINDS.items() if method in methods]


def grant_external(
    scope: Construct, machine: sfn.StateMachine, kit_deployment: str, items: Sequence[RunSpecification]
) -> None:
    for kind in used_kinds(items):
        kind.grant(scope, machine, kit_deployment, [item for item in items if item.method == kind.method])
