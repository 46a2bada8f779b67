"""Which targets have to serve a customization's model."""

from typing import TYPE_CHECKING

from customization.promotion_targets.custom_model_deployment import CustomModelDeployment
from customization.promotion_targets.imported_model import ImportedModel
from customization.promotion_targets.provisioned_throughput import ProvisionedThroughput
from kit_contract.external_models import IMPORT
from kit_contract.runs import RunSpecification

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient

Target = CustomModelDeployment | ProvisionedThroughput | ImportedModel


def targets_of(specification: RunSpecification, bedrock: "BedrockClient") -> list[Target]:
    """What has to serve the customization's model: a custom model deployment first, then a throughput."""
    if specification.method == IMPORT:
        return [ImportedModel(bedrock)]
    targets: list[Target] = []
    if specification.serving == "on-demand":
        targets.append(CustomModelDeployment(specification.deployment_name, bedrock))
    if specification.provisioned_model_name:
        targets.append(ProvisionedThroughput(specification.provisioned_model_name, bedrock))
    return targets
