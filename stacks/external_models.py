"""What a run of an external model uses: no role, no data, and the members of the request that makes the model."""

from bedrock_constructs.customization.external.kinds import KINDS
from deployment.config import DeploymentConfig
from deployment.datasets import CustomizationDataset
from deployment.sections.training import External
from kit_contract.promotion_checks import PromotionChecks
from kit_contract.run_names import bedrock_name
from kit_contract.runs import RunSpecification


def source_keys(config: DeploymentConfig) -> list[str]:
    """The customer managed keys of the models that are copied."""
    models = config.training.copied_models.values() if config.training else ()
    return [item.source_kms_key_arn for item in models if item.source_kms_key_arn]


def external_specification(
    name: str,
    item: External,
    *,
    kit_deployment: str,
    bucket: str,
    dataset: CustomizationDataset,
    provisioned_model_name: str,
    model_key: str | None,
    promotion: PromotionChecks | None,
) -> RunSpecification:
    """`bucket`: its name. `model_key`: the ARN of the key of the model that is made."""
    return RunSpecification(
        customization=name,
        alias=item.alias,
        base_model=item.base_model,
        method=item.method,
        hyperparameters={},
        limits=dataset.limits,
        serving=item.serving,
        deployment_name=bedrock_name(kit_deployment, name),
        provisioned_model_name=provisioned_model_name,
        role_arn="",
        bucket=bucket,
        job_members={**item.source, **({KINDS[item.method].key: model_key} if model_key else {})},
        promotion=promotion,
    )
