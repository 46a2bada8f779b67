"""Towards bought: absent -> ordered -> Creating -> InService -> the alias's capacity parameter published.

The ledger turns to BUYING before the order, and every order of one decision carries the same client token: a step that
is repeated, or runs twice at once, buys one.
"""

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import Phase, ResourceFailedError, error_code
from custom_resources.provisioned_throughput import bedrock_calls, quota
from custom_resources.provisioned_throughput.alias_capacity import publish_capacity
from custom_resources.provisioned_throughput.ledger import BOUGHT, BUYING, RELEASED, Ledger, Override
from custom_resources.provisioned_throughput.model_swap import model_to_swap_to
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties, wanted_model
from provisioned_throughput_controller.context import WHO, Context
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import failure_override

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

DELETED_OUTSIDE = "deleted outside the kit"


def towards_bought(context: Context, settings: Settings, ledger: Ledger, found: "Throughput | None", why: str) -> bool:
    """One step. True when it is in service, published, with the promoted model; or when it was given up for now."""
    if found is None and ledger.state == BOUGHT:
        context.give_up(ledger, Override(RELEASED, DELETED_OUTSIDE, WHO))
        return True
    if found is None:
        return not _order(context, settings, ledger, why)
    try:
        phase = bedrock_calls.phase_of(found)
    except ResourceFailedError as error:
        bedrock_calls.ask_delete(context.clients.bedrock, found, settings.throughput)
        context.give_up(ledger, failure_override(str(error), context.clock()))
        return True
    if phase is not Phase.READY:
        return False
    context.write(ledger.moved(BOUGHT, why=why, who=WHO, now=context.clock()), before=ledger)
    if settings.throughput.alias:
        publish_capacity(context.clients.ssm, context.deployment, settings.throughput.alias, found, context.clock())
    return not _swap(context, settings, found)


def token(owner: str, purchase: int) -> str:
    """The client token of one purchase: the same for whoever carries it out, another one for the next."""
    return hashlib.sha256(f"{owner}/{purchase}".encode()).hexdigest()[:32]


def _order(context: Context, settings: Settings, ledger: Ledger, why: str) -> bool:
    """Whether it was ordered."""
    wanted, now = settings.throughput, context.clock()
    model = wanted_model(context.clients.bedrock, context.clients.ssm, wanted)
    if model is None:
        context.write(ledger.moved(RELEASED, why="no model yet", who=WHO, now=now), before=ledger)
        return False
    ordered = ledger
    if ledger.state != BUYING:
        ordered = replace(ledger, purchase=ledger.purchase + 1).moved(BUYING, why=why, who=WHO, now=now)
    try:
        quota.check_quota(context.clients.bedrock, context.clients.quotas, wanted, model)
        context.write(ordered, before=ledger)
        buy(context, wanted, model, token(wanted.owner, ordered.purchase))
    except ResourceFailedError as error:
        context.give_up(replace(ledger, purchase=ordered.purchase), failure_override(str(error), now))
        return False
    return True


def buy(context: Context, wanted: ThroughputProperties, model: str, client_token: str) -> None:
    """Raises ResourceFailedError that explains Bedrock's refusal for want of a quota."""
    try:
        bedrock_calls.buy(context.clients.bedrock, wanted, model, client_token)
    except Exception as error:
        if error_code(error) != "ServiceQuotaExceededException":
            raise
        raise quota.explained(error, context.clients.quotas, wanted, model) from None


def _swap(context: Context, settings: Settings, found: "Throughput") -> bool:
    """Whether another model was promoted while this was being bought, and now goes behind it."""
    if ":custom-model/" not in found["desiredModelArn"]:
        return False
    clients = context.clients
    model = model_to_swap_to(clients.bedrock, clients.ssm, settings.throughput, found, context.clock())
    if model is None:
        return False
    clients.bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredModelId=model
    )
    return True
