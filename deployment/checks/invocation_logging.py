"""The warning that calls of the whole account are written down."""

from collections.abc import Iterator

from deployment.config import DeploymentConfig
from kit_contract.counted import counted


def invocation_logging_warnings(config: DeploymentConfig) -> Iterator[str]:
    section = config.invocation_logging
    if section is None:
        return
    where = " and ".join({"s3": "S3", "cloudwatch-logs": "CloudWatch Logs"}[item] for item in section.destinations)
    yield (
        f"invocation_logging: {', '.join(section.data)} of every prompt and answer are written to {where} and kept for "
        f"{counted(section.retention_days, 'day')}, of ALL Bedrock calls of the account in {config.deployment.region}, "
        "not of this deployment only; whoever may read the logs reads what users wrote"
    )
