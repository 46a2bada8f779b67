"""Faults of an ARN in another partition or Region than the deployment's."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from kit_contract.partitions import partition_of


def place_faults(where: str, config: DeploymentConfig, arn: str) -> Iterator[str]:
    _, partition, _, region, *_ = arn.split(":")
    wanted = config.deployment.region
    if (partition, region) != (partition_of(wanted), wanted):
        yield (
            f"{where}: must be in the deployment's Region {wanted} (arn:{partition_of(wanted)}:...:{wanted}:...), "
            f"got arn:{partition}:...:{region}:...; change the ARN or the region"
        )
