"""Steps towards bought: absent -> ordered -> Creating -> InService -> alias published, promoted model served.

The ledger moves to BUYING before the order. Purchase number N of a throughput has one client token: a step that is
repeated, or runs twice at once, buys one.
"""

import hashlib
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.alias_capacity import publish_capacity
from custom_resources.provisioned_throughput.ledger import BOUGHT, BUYING, RELEASED, Ledger, Override
from custom_resources.provisioned_throughput.model import serves_custom_model, swap_model
from custom_resources.provisioned_throughput.purchase import purchase
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller.context import WHO, Context
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import failure_override

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

DELETED_OUTSIDE = "deleted outside the kit"


def step_towards_bought(
    context: Context, settings: Settings, ledger: Ledger, found: "Throughput | None", why: str
) -> bool:
    """Whether nothing is left to do: it serves callers with the promoted model, or was given up for now."""
    if found is None and ledger.state == BOUGHT:
        context.give_up(ledger, Override(RELEASED, DELETED_OUTSIDE, WHO))
        return True
    if found is None:
        return not _buy(context, settings, ledger, why)
    clients, wanted, now = context.clients, settings.throughput, context.clock()
    try:
        phase = bedrock_calls.phase_of(found)
    except ResourceFailedError as error:
        bedrock_calls.request_deletion(clients.bedrock, found, wanted, now)
        context.give_up(ledger, failure_override(str(error), now))
        return True
    if phase is not Phase.READY:
        return False
    context.write(ledger.moved(BOUGHT, why=why, who=WHO, now=now), before=ledger)
    publish_capacity(clients.ssm, wanted, found, now)
    # Another model may have been promoted during the purchase.
    return not (serves_custom_model(found) and swap_model(clients, wanted, found, now))


def client_token(owner: str, number: int) -> str:
    """The client token of purchase `number`."""
    return hashlib.sha256(f"{owner}/{number}".encode()).hexdigest()[:32]


def _buy(context: Context, settings: Settings, ledger: Ledger, why: str) -> bool:
    """Whether it was ordered."""
    wanted, now = settings.throughput, context.clock()
    buying = ledger
    if ledger.state != BUYING:
        buying = replace(ledger, purchase=ledger.purchase + 1).moved(BUYING, why=why, who=WHO, now=now)
    try:
        reason = purchase(
            context.clients,
            wanted,
            token=client_token(wanted.owner, buying.purchase),
            write_ledger=partial(context.write, buying, before=ledger),
        )
    except ResourceFailedError as error:
        context.give_up(replace(ledger, purchase=buying.purchase), failure_override(str(error), now))
        return False
    if reason:
        context.write(ledger.moved(RELEASED, why=reason, who=WHO, now=now), before=ledger)
    return not reason
