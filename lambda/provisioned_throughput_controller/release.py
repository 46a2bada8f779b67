"""Towards released: parameter withdrawn -> DRAIN_SECONDS -> deletion asked -> absent. Committed: told, once."""

from typing import TYPE_CHECKING

from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS, withdraw_capacity
from custom_resources.provisioned_throughput.ledger import RELEASED, Ledger
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties
from provisioned_throughput_controller.context import WHO, Context

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def towards_released(
    context: Context, wanted: ThroughputProperties, ledger: Ledger, found: "Throughput | None", why: str
) -> bool:
    """One step. True when nothing is there any more, or nothing can be done because of a commitment."""
    now = context.clock()
    if found is not None and bedrock_calls.is_committed(found, now):
        context.tell_once(ledger, f"cannot be released ({why})", bedrock_calls.committed_reason(found, wanted, now))
        return True
    released = ledger.moved(RELEASED, why=why, who=WHO, now=now)
    if found is not None and _withdrawn(context, wanted, found):
        released = released.withdrawn(now)
    context.write(released, before=ledger)
    if found is None:
        return True
    seconds = released.seconds_withdrawn(now)
    if seconds is None or seconds >= DRAIN_SECONDS:
        bedrock_calls.ask_delete(context.clients.bedrock, found, wanted)
    return False


def give_back(context: Context, wanted: ThroughputProperties) -> bool:
    """Deletes what was bought while CloudFormation was taking the throughput away. True when it is gone."""
    found = bedrock_calls.find(context.clients.bedrock, wanted.name)
    if found is None or not bedrock_calls.is_ours(context.clients.bedrock, found, wanted):
        return True
    bedrock_calls.ask_delete(context.clients.bedrock, found, wanted)
    return False


def _withdrawn(context: Context, wanted: ThroughputProperties, found: "Throughput") -> bool:
    if wanted.alias is None:
        return False
    return withdraw_capacity(context.clients.ssm, context.deployment, wanted.alias, found["provisionedModelArn"])
