"""Faults of [inference_api]: its aliases, their application inference profiles, callers with IAM, keys that train."""

import datetime
from collections.abc import Iterator, Sequence

from deployment.alias_models import available_targets, base_model, embedding_model
from deployment.checks.models import model_faults, require_alias_model
from deployment.config import DeploymentConfig
from deployment.cost_profiles import profiled_aliases, why_not
from kit_contract.partitions import partition_of

# "for all models in the following AWS Regions" (read on 2026-11-27):
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-support.html
REGIONS = (
    *("ap-northeast-1", "ap-northeast-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ca-central-1"),
    *("eu-central-1", "eu-west-1", "eu-west-2", "eu-west-3", "sa-east-1", "us-east-1", "us-east-2", "us-gov-east-1"),
    "us-west-2",
)
# The resource policy holds 8,192 characters, of which some 900 are the statements without their callers.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_CHARACTERS = 7_000


def inference_api_faults(config: DeploymentConfig, today: datetime.date, account: str | None) -> Iterator[str]:
    """`account` is that of the deployment, or None if the credentials at deploy decide it."""
    for name, alias in config.aliases.items():
        where = f"inference_api.aliases.{name}"
        yield from model_faults(f"{where}.model", alias.model, config, today, require_alias_model)
        yield from _kind_faults(where, name, config)
        available = available_targets(config, name)
        if not available & set(alias.order):
            yield (
                f"{where}.order: must name a target that this deployment has for the alias, "
                f"got {', '.join(alias.order)}; allowed: {', '.join(sorted(available))}; add one of these"
            )
    yield from cost_profile_faults(config)
    yield from iam_caller_faults(config, account)
    yield from _fine_tuning_faults(config)


def _kind_faults(where: str, alias: str, config: DeploymentConfig) -> Iterator[str]:
    """An alias for embeddings serves one model only: vectors of two can't be compared, and a promotion or a fallback
    would mix them in the caller's index. An alias for answers has no embedding model among its targets.
    """
    model = config.aliases[alias].model
    embedding = embedding_model(config, model)
    for name, item in config.custom_models.items():
        if item.alias == alias and embedding:
            yield (
                f"{config.section_of(name)}.alias: {alias!r} is an alias for embeddings ({embedding}), and the "
                "vectors of a trained model can't be compared with those of another; use an alias with a model that "
                f"answers, or change {where}.model"
            )
    for name, throughput in config.provisioned_throughput.items():
        if throughput.alias != alias or throughput.model is None:
            continue
        served = base_model(config, throughput.model)
        if (embedding or embedding_model(config, throughput.model)) and served != base_model(config, model):
            yield (
                f"provisioned_throughput.{name}.model: {alias!r} has the model {model}, and vectors of another model "
                f"can't be compared with its own, got {throughput.model}; use the same model or another alias"
            )


def cors_warnings(config: DeploymentConfig) -> Iterator[str]:
    if config.inference_api and "*" in config.inference_api.cors_origins:
        yield (
            'inference_api.cors_origins: "*" lets every web page with a key call the API; '
            "name the origins of your own pages"
        )


def _fine_tuning_faults(config: DeploymentConfig) -> Iterator[str]:
    """Callers can train only what the file describes."""
    if config.inference_api and config.inference_api.fine_tuning_keys and not config.customizations:
        yield (
            "inference_api.fine_tuning_keys: there is nothing to fine-tune, got no [training.customizations.*]; add a "
            "customization, or remove the setting"
        )


def cost_profile_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, alias in config.aliases.items():
        if alias.inference_profile and (reason := why_not(config, name)):
            yield f"inference_api.aliases.{name}.inference_profile: {reason}; remove this setting"
    region = config.deployment.region
    if region not in REGIONS and not config.deployment.allow_unlisted and (found := profiled_aliases(config)):
        yield (
            f"inference_api.inference_profiles: AWS lists no application inference profiles in {region}, got "
            f"{', '.join(found)}; set inference_profiles = false, or deployment.allow_unlisted = true if they are there"
        )


def iam_caller_faults(config: DeploymentConfig, account: str | None) -> Iterator[str]:
    """Callers that have no effect there, or that no resource policy can name."""
    section, where = config.inference_api, "inference_api.iam_callers"
    if section is None or not section.iam_callers:
        return
    if not section.iam:
        yield f"{where}: nobody can sign requests without iam, got {len(section.iam_callers)}; set iam = true"
    partition = partition_of(config.deployment.region)
    for caller in section.iam_callers:
        owner = caller.split(":")[4] if ":" in caller else caller
        if owner in (account, config.deployment.account):
            yield (
                f"{where}: must be of other accounts, got {caller} of your own; give that role or user an IAM policy "
                "instead (docs/inference-api.md)"
            )
        if ":" in caller and caller.split(":")[1] != partition:
            yield f"{where}: must be in the partition {partition} of the deployment, got {caller}; remove it"
    if len(set(section.iam_callers)) < len(section.iam_callers):
        yield f"{where}: each caller may be named only once; remove the second one"
    if (size := _characters(section.iam_callers, partition)) > MAX_CHARACTERS:
        yield (
            f"{where}: the resource policy of an API holds {MAX_CHARACTERS} characters of callers, got {size}; name "
            "accounts in place of their roles"
        )


def _characters(callers: Sequence[str], partition: str) -> int:
    """In the policy: the ARN of each account and of each role, quoted and with a comma."""
    arns = [caller for caller in callers if ":" in caller]
    accounts = [*(caller for caller in callers if ":" not in caller), *{arn.split(":")[4] for arn in arns}]
    return sum(len(text) + 3 for text in [*arns, *(f"arn:{partition}:iam::{account}:root" for account in accounts)])
