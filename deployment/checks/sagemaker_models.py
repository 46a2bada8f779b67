"""Faults of [training.sagemaker_models.*]: what CreateCustomModel takes.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateCustomModel.html
"""

from collections.abc import Iterator

from deployment.checks.arn_places import place_faults
from deployment.config import DeploymentConfig
from deployment.sections.sagemaker_model import SageMakerModel
from deployment.sections.training import External

NOVA = "amazon.nova"


def sagemaker_model_faults(where: str, item: External, config: DeploymentConfig, account: str | None) -> Iterator[str]:
    """`account` is not compared: SageMaker AI shares model packages with other accounts."""
    if not isinstance(item, SageMakerModel):
        return
    if not item.base_model.startswith(NOVA):
        yield (
            f"{where}.base_model: CreateCustomModel takes models of Amazon Nova only, got {item.base_model}; other "
            "open models are imported ([training.imported_models.*])"
        )
    if item.model_package_arn:
        yield from place_faults(f"{where}.model_package_arn", config, item.model_package_arn)
