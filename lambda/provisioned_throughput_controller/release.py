"""Steps towards released: alias withdrawn -> calls drained -> deletion requested -> absent."""

from functools import partial
from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.commitment import committed_reason, is_committed
from custom_resources.provisioned_throughput.ledger import RELEASED, Ledger
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from custom_resources.provisioned_throughput.release import release
from provisioned_throughput_controller.context import WHO, Context

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def step_towards_released(
    context: Context, wanted: ThroughputProperties, ledger: Ledger, found: "Throughput | None", why: str
) -> bool:
    """Whether nothing is left to do: it is absent, or a commitment does not allow its deletion (notified once)."""
    now = context.clock()
    if found is not None and is_committed(found, now):
        context.notify_once(ledger, f"cannot be released ({why})", committed_reason(found, wanted, now))
        return True
    release(
        context.clients,
        wanted,
        [found] if found else [],
        released=ledger.moved(RELEASED, why=why, who=WHO, now=now),
        write_ledger=partial(context.write, before=ledger),
        now=now,
    )
    return found is None


def give_back(context: Context, wanted: ThroughputProperties) -> bool:
    """Delete what was bought while CloudFormation deleted the throughput. Whether it is absent."""
    clients = context.clients
    found = bedrock_calls.find(clients.bedrock, wanted.name)
    if found is None or not bedrock_calls.is_ours(clients.bedrock, found, wanted):
        return True
    bedrock_calls.request_deletion(clients.bedrock, found, wanted, context.clock())
    return False
