"""Faults of ARNs in deployment.toml: another partition, Region or account, or a resource that cannot do the work."""

from collections.abc import Iterator

from deployment.checks.arn_places import place_faults
from deployment.checks.training_arns import training_arn_faults
from deployment.config import DeploymentConfig
from deployment.named_models import named_models
from kit_contract.model_arns import (
    CUSTOM_MODEL,
    FOUNDATION_MODEL,
    PROVISIONED_MODEL,
    ModelArn,
    model_arn,
)

EMBEDDING_SETTING = ".embedding_model"
# An inference profile is taken to parse documents and to answer, not to embed:
# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html
EMBEDDING_KINDS = (FOUNDATION_MODEL, PROVISIONED_MODEL)
# The only ARNs that Bedrock takes here:
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_VectorSearchBedrockRerankingModelConfiguration.html
RERANK_SETTING = ".rerank_model"


def arn_faults(config: DeploymentConfig, account: str | None) -> Iterator[str]:
    """`account` is that of the deployment, or None if the credentials at deploy decide it."""
    named = list(named_models(config))
    for where, identifier in named:
        if arn := model_arn(identifier):
            yield from _kind_faults(where, arn)
            yield from place_faults(where, config, arn.text)
            if account and arn.account not in ("", account):
                yield f"{where}: must be in account {account}, to which you deploy, got {identifier}; change it"
    yield from _profile_faults(config, {identifier: where for where, identifier in named})
    for where, key in config.kms_keys.items():
        # A key may belong to another account, whose key policy then allows this one.
        yield from place_faults(where, config, key)
    yield from training_arn_faults(config, account)


def _kind_faults(where: str, arn: ModelArn) -> Iterator[str]:
    if arn.kind == CUSTOM_MODEL:
        yield (
            f"{where}: a custom model is called through its provisioned throughput or its custom model deployment, "
            f"got {arn.text}; name the ARN of one of these"
        )
    elif where.endswith(EMBEDDING_SETTING) and arn.kind not in EMBEDDING_KINDS:
        yield (
            f"{where}: Bedrock embeds with a foundation model or its provisioned throughput only, got the {arn.kind} "
            f"{arn.text}; name one of these, such as amazon.titan-embed-text-v2:0"
        )
    elif where.endswith(RERANK_SETTING) and arn.kind != FOUNDATION_MODEL:
        yield (
            f"{where}: Bedrock reranks with a foundation model only, got the {arn.kind} {arn.text}; name one, such as "
            "amazon.rerank-v1:0"
        )


def _profile_faults(config: DeploymentConfig, named: dict[str, str]) -> Iterator[str]:
    profiles = config.deployment.inference_profiles
    for identifier, where in named.items():
        if identifier not in profiles and ":application-inference-profile/" in identifier:
            yield (
                f"{where}: the ARN does not tell which model answers, and the API needs permission to invoke that, "
                f'too; add "{identifier}" = "<id of the model or profile it was created from>" to '
                "[deployment.inference_profiles]"
            )
    for profile in profiles:
        where = f"deployment.inference_profiles.{profile}"
        if profile not in named:
            yield f"{where}: no alias and no knowledge base names this profile; remove the line, or correct the ARN"
