"""Towards released: parameter withdrawn -> DRAIN_SECONDS -> deletion asked -> absent. Committed: told, once."""

from typing import TYPE_CHECKING

from custom_resources import throughput_calls
from custom_resources.capacity_ledger import RELEASED, Ledger
from custom_resources.capacity_parameter import DRAIN_SECONDS, withdraw_capacity
from custom_resources.throughput_model import ThroughputProperties
from provisioned_capacity.bookkeeping import WHO, Books

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput


def towards_released(
    books: Books, wanted: ThroughputProperties, ledger: Ledger, found: "Throughput | None", why: str
) -> bool:
    """One step. True when nothing is there any more, or nothing can be done because of a commitment."""
    now = books.clock()
    if found is not None and throughput_calls.is_committed(found, now):
        books.tell_once(ledger, f"cannot be released ({why})", throughput_calls.committed_reason(found, wanted, now))
        return True
    released = ledger.moved(RELEASED, why=why, who=WHO, now=now)
    if found is not None and _withdrawn(books, wanted, found):
        released = released.withdrawn(now)
    books.write(released, before=ledger)
    if found is None:
        return True
    seconds = released.seconds_withdrawn(now)
    if seconds is None or seconds >= DRAIN_SECONDS:
        throughput_calls.ask_delete(books.clients.bedrock, found, wanted)
    return False


def give_back(books: Books, wanted: ThroughputProperties) -> bool:
    """Deletes what was bought while CloudFormation was taking the throughput away. True when it is gone."""
    found = throughput_calls.find(books.clients.bedrock, wanted.name)
    if found is None or not throughput_calls.is_ours(books.clients.bedrock, found, wanted):
        return True
    throughput_calls.ask_delete(books.clients.bedrock, found, wanted)
    return False


def _withdrawn(books: Books, wanted: ThroughputProperties, found: "Throughput") -> bool:
    if wanted.alias is None:
        return False
    return withdraw_capacity(books.clients.ssm, books.deployment, wanted.alias, found["provisionedModelArn"])
