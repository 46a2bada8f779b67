"""Faults of iam_callers in [inference_api]: callers that have no effect there, or that no resource policy can name."""

from collections.abc import Iterator, Sequence

from deployment.config import DeploymentConfig
from kit_contract.partitions import partition_of

# The resource policy holds 8,192 characters, of which some 900 are the statements without their callers.
# https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html
MAX_CHARACTERS = 7_000


def iam_caller_faults(config: DeploymentConfig, account: str | None) -> Iterator[str]:
    """`account` is that of the deployment, or None if the credentials at deploy decide it."""
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
