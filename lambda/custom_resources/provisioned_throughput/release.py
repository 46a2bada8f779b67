"""Releases provisioned throughputs: for the custom resource's Delete and for the controller.

alias withdrawn -> ledger written -> DRAIN_SECONDS pass -> deletion requested -> absent
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.alias_capacity import withdraw_capacity
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.ledger import Ledger
from custom_resources.provisioned_throughput.properties import ThroughputProperties

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def release(
    clients: Clients,
    wanted: ThroughputProperties,
    found: "Sequence[Throughput]",
    *,
    released: Ledger,
    write_ledger: Callable[[Ledger], object],
    now: datetime,
) -> None:
    """Take the next step: call it again until the throughputs are absent. None of them may be under a commitment."""
    withdrawn = [withdraw_capacity(clients.ssm, wanted, item["provisionedModelArn"]) for item in found]
    ledger = released.withdrawn(now) if any(withdrawn) else released
    write_ledger(ledger)
    if ledger.is_draining(now):
        return
    for item in found:
        bedrock_calls.request_deletion(clients.bedrock, item, wanted, now)
