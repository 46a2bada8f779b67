"""Faults of the ARNs of [training]: graders and custom models of another partition, Region or account."""

from collections.abc import Iterator

from deployment.checks.arn_places import place_faults
from deployment.config import DeploymentConfig
from deployment.sections.training import Customization


def training_arn_faults(config: DeploymentConfig, account: str | None) -> Iterator[str]:
    """A grader, or the key of logs, may belong to another account, whose policy then allows this one."""
    named: dict[str, str | None] = {}
    for name, item in config.customizations.items():
        named |= _named(f"training.customizations.{name}", item)
    for where, arn in named.items():
        if arn is None:
            continue
        yield from place_faults(where, config, arn)
        if account and arn.split(":")[4] != account and where.endswith(".base_custom_model"):
            yield (
                f"{where}: must be in account {account}, to which you deploy, got {arn}; copy a shared model first "
                "(https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model.html)"
            )


def _named(where: str, item: Customization) -> dict[str, str | None]:
    logs = item.distillation.invocation_logs if item.distillation else None
    return {
        f"{where}.base_custom_model": item.base_custom_model,
        f"{where}.reinforcement.grader_arn": item.reinforcement.grader_arn if item.reinforcement else None,
        f"{where}.distillation.invocation_logs.kms_key_arn": logs.kms_key_arn if logs else None,
    }
