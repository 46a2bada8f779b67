"""Migration to other model units or another commitment, which Bedrock cannot change: by a second throughput, no gap.

<name>-next  ordered -> Creating -> InService -> the alias's capacity parameter points to it
<name>       DRAIN_SECONDS later deleted; under a commitment renamed to <name>-kept, and deleted when that has ended
<name>-next  renamed to <name>: CloudFormation finds what deployment.toml says by then
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.alias_capacity import publish_capacity
from custom_resources.provisioned_throughput.commitment import is_committed
from custom_resources.provisioned_throughput.ledger import Ledger, Size
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from custom_resources.provisioned_throughput.purchase import purchase
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.purchase import client_token
from provisioned_throughput_controller.renewal import notify_of_renewal
from provisioned_throughput_controller.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

KEPT = "-kept"


def begin(context: Context, size: Size) -> None:
    """Note the wanted size; the steps that follow act on it. Raises ResourceFailedError if it cannot be migrated."""
    ledger, found = context.ledger(), bedrock_calls.find(context.clients.bedrock, context.name)
    if ledger is None or found is None:
        raise ResourceFailedError(f"{context.name} is absent: deploy the new settings, the next purchase uses them")
    if bedrock_calls.next_name(context.name) is None:
        longest = bedrock_calls.LONGEST_NAME - len("-next")
        raise ResourceFailedError(f"{context.name} must have at most {longest} characters to be migrated; rename it")
    if ledger.migration is not None and ledger.migration != size:
        raise ResourceFailedError(f"{context.name} is being migrated to {ledger.migration}; wait until that is done")
    if ledger.migration is None and size_of(found) != size:
        context.write(replace(ledger, migration=size, purchase=ledger.purchase + 1))


def migrated_settings(settings: Settings, ledger: Ledger) -> Settings:
    """The settings with the size of a finished migration, until deployment.toml's are deployed."""
    if ledger.migrated is None:
        return settings
    units, commitment = ledger.migrated.model_units, ledger.migrated.commitment
    return replace(settings, throughput=replace(settings.throughput, model_units=units, commitment=commitment))


def second_throughput(settings: Settings, ledger: Ledger) -> ThroughputProperties:
    """What the migration buys beside the present throughput."""
    size, name = ledger.migration, bedrock_calls.next_name(settings.name)
    assert size
    assert name
    return replace(settings.throughput, name=name, model_units=size.model_units, commitment=size.commitment)


def step(context: Context, settings: Settings, ledger: Ledger) -> bool:
    """Whether the migration that `ledger` asks for is done. Raises ResourceFailedError when it is given up."""
    size, bedrock, wanted = ledger.migration, context.clients.bedrock, second_throughput(settings, ledger)
    old, new = bedrock_calls.find(bedrock, context.name), bedrock_calls.find(bedrock, wanted.name)
    if new is None and old is not None and size_of(old) == size:
        context.write(replace(ledger, migration=None, migrated=size, withdrawn_at=None))
        context.notices.send(f"{context.name}: migrated", f"It has {size} now. Deploy the same settings next.")
        return True
    try:
        if new is None:
            _buy(context, wanted, ledger)
        else:
            _switch(context, wanted, ledger, old, new)
        return False
    except ResourceFailedError as error:
        if new is not None:
            bedrock_calls.request_deletion(bedrock, new, wanted, context.clock())
        context.write(replace(ledger, migration=None))
        reason = f"not migrated: {error} The present throughput stays in service"
        context.notices.send(f"{context.name}: not migrated", reason)
        raise ResourceFailedError(reason) from None  # for a caller who waits for the answer


def delete_kept(context: Context, settings: Settings, ledger: Ledger) -> Ledger:
    """Delete what a migration left under its commitment, as soon as that has ended."""
    if ledger.kept is None:
        return ledger
    found, now = bedrock_calls.find(context.clients.bedrock, ledger.kept), context.clock()
    if found is None:
        ended = replace(ledger, kept=None)
        context.write(ended)
        return ended
    if not is_committed(found, now):
        bedrock_calls.request_deletion(context.clients.bedrock, found, settings.throughput, now)
    return notify_of_renewal(context, ledger, found, settings.throughput.accepted_hourly_cost_usd)


def size_of(found: "Throughput") -> Size:
    return Size(found["desiredModelUnits"], found.get("commitmentDuration"))


def _buy(context: Context, wanted: ThroughputProperties, ledger: Ledger) -> None:
    token = client_token(f"{wanted.owner}-next", ledger.purchase)
    # `begin` has written the ledger.
    reason = purchase(context.clients, wanted, token=token, write_ledger=lambda: None)
    if reason:
        raise ResourceFailedError(f"{wanted.name} was not bought: {reason}.")


def _switch(
    context: Context, wanted: ThroughputProperties, ledger: Ledger, old: "Throughput | None", new: "Throughput"
) -> None:
    """Point the alias to `new`, then remove `old` and give its name to `new`."""
    now, bedrock = context.clock(), context.clients.bedrock
    if bedrock_calls.phase_of(new) is not Phase.READY:
        return
    if publish_capacity(context.clients.ssm, wanted, new, now):
        context.write(ledger.withdrawn(now))
    elif old is None:
        bedrock_calls.rename(bedrock, new, context.name)
    elif ledger.is_draining(now):
        return
    elif is_committed(old, now):
        bedrock_calls.rename(bedrock, old, f"{context.name}{KEPT}")
        context.write(replace(ledger, kept=old["provisionedModelArn"]))
    else:
        bedrock_calls.request_deletion(bedrock, old, wanted, now)
