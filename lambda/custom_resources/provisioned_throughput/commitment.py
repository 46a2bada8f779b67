"""Commitments: a throughput that has one cannot be deleted before it ends, and costs money until then."""

from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput.properties import ThroughputProperties

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def is_committed(found: "Throughput", now: datetime) -> bool:
    end = found.get("commitmentExpirationTime")
    return bool(found.get("commitmentDuration")) and end is not None and end > now


def committed_reason(found: "Throughput", wanted: ThroughputProperties, now: datetime) -> str:
    """When it can be deleted, what it costs until then, and the command for that day."""
    end = found.get("commitmentExpirationTime")
    return (
        f"provisioned throughput {found['provisionedModelName']} cannot be deleted before its commitment ends on "
        f"{end.isoformat() if end else 'a day that Bedrock does not report'}. Until then it costs "
        f"{_remaining_cost(end, wanted, now)}, and then it renews itself unless you turn that off in Bedrock's console "
        "before. On that day run: aws bedrock delete-provisioned-model-throughput "
        f"--provisioned-model-id {found['provisionedModelArn']}. To destroy the stack now, retain this resource"
    )


def _remaining_cost(end: datetime | None, wanted: ThroughputProperties, now: datetime) -> str:
    if end is None or wanted.accepted_hourly_cost_usd is None:
        return "an unknown amount (no price was accepted)"
    hours = max(end - now, timedelta()) / timedelta(hours=1)
    return f"at most {hours * wanted.accepted_hourly_cost_usd:,.2f} USD (at the accepted price)"
