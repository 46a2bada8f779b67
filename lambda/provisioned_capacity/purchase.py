"""Towards bought: absent -> ordered -> Creating -> InService -> the alias's capacity parameter published.

The ledger turns to BUYING before the order, and every order of one decision carries the same client token: a step that
is repeated, or runs twice at once, buys one.
"""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from custom_resources import throughput_calls, throughput_quota
from custom_resources.capacity_ledger import BOUGHT, BUYING, RELEASED, Hold, Ledger
from custom_resources.capacity_parameter import publish_capacity
from custom_resources.lifecycle import Phase, ResourceFailedError, error_code
from custom_resources.model_swap import model_to_swap_to
from custom_resources.throughput_model import ThroughputProperties, wanted_model
from provisioned_capacity.bookkeeping import WHO, Books
from provisioned_capacity.settings import Settings
from provisioned_capacity.wanted_state import failure_hold

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

DELETED_OUTSIDE = "deleted outside the kit"


def towards_bought(books: Books, settings: Settings, ledger: Ledger, found: "Throughput | None", why: str) -> bool:
    """One step. True when it is in service, published, with the promoted model; or when it was given up for now."""
    if found is None and ledger.state == BOUGHT:
        books.give_up(ledger, Hold(RELEASED, DELETED_OUTSIDE, WHO))
        return True
    if found is None:
        return not _order(books, settings, ledger, why)
    try:
        phase = throughput_calls.phase_of(found)
    except ResourceFailedError as error:
        throughput_calls.ask_delete(books.clients.bedrock, found, settings.throughput)
        books.give_up(ledger, failure_hold(str(error), books.clock()))
        return True
    if phase is not Phase.READY:
        return False
    books.write(ledger.moved(BOUGHT, why=why, who=WHO, now=books.clock()), before=ledger)
    if settings.throughput.alias:
        publish_capacity(books.clients.ssm, books.deployment, settings.throughput.alias, found, books.clock())
    return not _swap(books, settings, found)


def token(owner: str, purchase: int) -> str:
    """The client token of one purchase: the same for whoever carries it out, another one for the next."""
    return hashlib.sha256(f"{owner}/{purchase}".encode()).hexdigest()[:32]


def _order(books: Books, settings: Settings, ledger: Ledger, why: str) -> bool:
    """Whether it was ordered."""
    wanted, now = settings.throughput, books.clock()
    model = wanted_model(books.clients.bedrock, books.clients.ssm, wanted)
    if model is None:
        books.write(ledger.moved(RELEASED, why="no model yet", who=WHO, now=now), before=ledger)
        return False
    ordered = ledger
    if ledger.state != BUYING:
        ordered = replace(ledger, purchase=ledger.purchase + 1).moved(BUYING, why=why, who=WHO, now=now)
    try:
        throughput_quota.check_quota(books.clients.bedrock, books.clients.quotas, wanted, model)
        books.write(ordered, before=ledger)
        buy(books, wanted, model, token(wanted.owner, ordered.purchase))
    except ResourceFailedError as error:
        books.give_up(replace(ledger, purchase=ordered.purchase), failure_hold(str(error), now))
        return False
    return True


def buy(books: Books, wanted: ThroughputProperties, model: str, client_token: str) -> None:
    """Raises ResourceFailedError that explains Bedrock's refusal for want of a quota."""
    try:
        throughput_calls.buy(books.clients.bedrock, wanted, model, client_token)
    except Exception as error:
        if error_code(error) != "ServiceQuotaExceededException":
            raise
        raise throughput_quota.explained(error, books.clients.quotas, wanted, model) from None


def _swap(books: Books, settings: Settings, found: "Throughput") -> bool:
    """Whether another model was promoted while this was being bought, and now goes behind it."""
    if ":custom-model/" not in found["desiredModelArn"]:
        return False
    clients = books.clients
    model = model_to_swap_to(clients.bedrock, clients.ssm, settings.throughput, found, books.clock())
    if model is None:
        return False
    clients.bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredModelId=model
    )
    return True
