"""Faults of [training.imported_models.*]: the Region, the key of the files, provisioned throughput."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.imported_model import ImportedModel
from deployment.sections.training import External
from model_catalog.import_architectures import IMPORT_REGIONS


def imported_model_faults(where: str, item: External, config: DeploymentConfig, _: str | None) -> Iterator[str]:
    if not isinstance(item, ImportedModel):
        return
    region, key = config.deployment.region, item.source_kms_key_arn
    if region not in IMPORT_REGIONS and not config.deployment.allow_unlisted:
        yield (
            f"{where}: Bedrock imports models in {', '.join(IMPORT_REGIONS)} only, got region {region}; change the "
            "region, or set deployment.allow_unlisted"
        )
    if key and key.split(":")[3] != region:
        yield f"{where}.source_kms_key_arn: must be a key of {region}, where Bedrock reads the files, got {key}"
    for section, throughput in config.provisioned_throughput.items():
        if config.imported_models.get(throughput.customization or "") is item:
            yield (
                f"provisioned_throughput.{section}.customization: Bedrock has no provisioned throughput for imported "
                f"models, got {throughput.customization!r}; remove the section: copies are loaded when callers come"
            )
