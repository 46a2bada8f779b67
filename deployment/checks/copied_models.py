"""Faults of [training.copied_models.*]: where the source is, and which base model it has.

https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model.html: a model of this account is copied to another
Region; one that another account shares has to be copied before it is used, into its own Region or another one.
"""

import difflib
from collections.abc import Iterator

from deployment.config import DeploymentConfig
from deployment.sections.copied_model import CopiedModel
from deployment.sections.training import External
from kit_contract.model_arns import base_of_custom_model, model_arn
from kit_contract.partitions import partition_of
from model_catalog import catalog


def copied_model_faults(where: str, item: External, config: DeploymentConfig, account: str | None) -> Iterator[str]:
    if not isinstance(item, CopiedModel):
        return
    arn = model_arn(item.source_model_arn)
    assert arn
    region = config.deployment.region
    if arn.partition != partition_of(region):
        yield (
            f"{where}.source_model_arn: must be in partition {partition_of(region)}, as region {region} is, got "
            f"{item.source_model_arn}; models are not copied between partitions"
        )
    elif arn.region not in (known := catalog.regions()) and not config.deployment.allow_unlisted:
        near = difflib.get_close_matches(arn.region, known, n=1)
        yield (
            f"{where}.source_model_arn: {arn.region} is no Region of Bedrock in the model catalog, got "
            f"{item.source_model_arn}; {f'did you mean {near[0]}, or' if near else 'correct it, or'} if Bedrock is "
            "there by now: allow_unlisted = true in [deployment]"
        )
    elif arn.region == region and arn.account == (config.deployment.account or account):
        yield (
            f"{where}.source_model_arn: must be in another Region or account, got a model of {region} and of account "
            f"{arn.account}, to which you deploy: it is there already; name a model of another Region, or train it "
            "further (base_custom_model)"
        )
    key = item.source_kms_key_arn
    if key and key.split(":")[3] != arn.region:
        yield (
            f"{where}.source_kms_key_arn: must be a key of {arn.region}, where the source is, got {key}; change it, or "
            "remove it if no key of yours encrypts the source"
        )
    base = base_of_custom_model(item.source_model_arn)
    if not item.base_model:
        yield (
            f"{where}.base_model is missing: the ARN of a model that came from SageMaker AI does not tell it; add the "
            "customization id, such as amazon.nova-lite-v1:0:300k"
        )
    elif base and base != item.base_model:
        yield f"{where}.base_model: the source is a model of {base}, got {item.base_model}; remove base_model"
