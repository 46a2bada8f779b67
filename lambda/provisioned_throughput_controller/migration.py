"""To other model units or another commitment, which Bedrock cannot change: by a second throughput, without a gap.

<name>-next  ordered -> Creating -> InService -> the alias's capacity parameter points to it
<name>       DRAIN_SECONDS later deleted; under a commitment renamed to <name>-kept, and deleted when that has ended
<name>-next  renamed to <name>: CloudFormation finds what deployment.toml says by then
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import Phase, ResourceFailedError
from custom_resources.provisioned_throughput import bedrock_calls, quota
from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS, publish_capacity
from custom_resources.provisioned_throughput.ledger import Ledger, Size
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties, wanted_model
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.purchase import buy, token
from provisioned_throughput_controller.renewal import with_renewal_told
from provisioned_throughput_controller.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

KEPT = "-kept"


def begin(context: Context, size: Size) -> None:
    """Note what is wanted; the steps after it go by that. Raises ResourceFailedError where there is nothing to move."""
    ledger, found = context.ledger(), bedrock_calls.find(context.clients.bedrock, context.name)
    if ledger is None or found is None:
        raise ResourceFailedError(f"{context.name} is absent: deploy the new settings, the next purchase takes them")
    if bedrock_calls.next_name(context.name) is None:
        longest = bedrock_calls.LONGEST_NAME - len("-next")
        raise ResourceFailedError(f"{context.name} must have at most {longest} characters to be moved; rename it")
    if ledger.migration is not None and ledger.migration != size:
        raise ResourceFailedError(f"{context.name} is being moved to {ledger.migration}; wait until that is done")
    if ledger.migration is None and size_of(found) != size:
        context.write(replace(ledger, migration=size, purchase=ledger.purchase + 1))


def resized(settings: Settings, ledger: Ledger) -> Settings:
    """The settings with the size that was moved to, for as long as deployment.toml's are not deployed."""
    if ledger.migrated is None:
        return settings
    units, commitment = ledger.migrated.model_units, ledger.migrated.commitment
    return replace(settings, throughput=replace(settings.throughput, model_units=units, commitment=commitment))


def ordered(settings: Settings, ledger: Ledger) -> ThroughputProperties:
    """What the move orders beside the present one."""
    size, name = ledger.migration, bedrock_calls.next_name(settings.name)
    assert size
    assert name
    return replace(settings.throughput, name=name, model_units=size.model_units, commitment=size.commitment)


def step(context: Context, settings: Settings, ledger: Ledger) -> bool:
    """One step of the move that `ledger` asks for. True when it is done; raises ResourceFailedError when given up."""
    size, bedrock, wanted = ledger.migration, context.clients.bedrock, ordered(settings, ledger)
    old, new = bedrock_calls.find(bedrock, context.name), bedrock_calls.find(bedrock, wanted.name)
    if new is None and old is not None and size_of(old) == size:
        context.write(replace(ledger, migration=None, migrated=size, withdrawn_at=None))
        context.notices.tell(f"{context.name}: moved", f"It has {size} now. Deploy the same settings next.")
        return True
    try:
        if new is None:
            _order(context, wanted, ledger)
        else:
            _move(context, wanted, ledger, old, new)
        return False
    except ResourceFailedError as error:
        if new is not None:
            bedrock_calls.ask_delete(bedrock, new, wanted)
        context.write(replace(ledger, migration=None))
        reason = f"not moved: {error} The present one goes on serving"
        context.notices.tell(f"{context.name}: not moved", reason)
        raise ResourceFailedError(reason) from None  # whoever waits for the answer is told as well


def end_kept(context: Context, settings: Settings, ledger: Ledger) -> Ledger:
    """Deletes what a move left under its commitment as soon as that has ended."""
    if ledger.kept is None:
        return ledger
    found = bedrock_calls.find(context.clients.bedrock, ledger.kept)
    if found is not None and not bedrock_calls.is_committed(found, context.clock()):
        bedrock_calls.ask_delete(context.clients.bedrock, found, settings.throughput)
    if found is not None:
        return with_renewal_told(context, ledger, found, settings.throughput.accepted_hourly_cost_usd)
    ended = replace(ledger, kept=None)
    context.write(ended)
    return ended


def size_of(found: "Throughput") -> Size:
    return Size(found["desiredModelUnits"], found.get("commitmentDuration"))


def _order(context: Context, wanted: ThroughputProperties, ledger: Ledger) -> None:
    model = wanted_model(context.clients.bedrock, context.clients.ssm, wanted)
    if model is None:
        raise ResourceFailedError(f"{wanted.name}: there is no model to serve any more")
    quota.check_quota(context.clients.bedrock, context.clients.quotas, wanted, model)
    buy(context, wanted, model, token(f"{wanted.owner}-next", ledger.purchase))


def _move(
    context: Context, wanted: ThroughputProperties, ledger: Ledger, old: "Throughput | None", new: "Throughput"
) -> None:
    now, bedrock = context.clock(), context.clients.bedrock
    if bedrock_calls.phase_of(new) is not Phase.READY:
        return
    if wanted.alias and publish_capacity(context.clients.ssm, context.deployment, wanted.alias, new, now):
        context.write(ledger.withdrawn(now))
        return
    seconds = ledger.seconds_withdrawn(now)
    if old is not None and seconds is not None and seconds < DRAIN_SECONDS:
        return
    if old is None:
        _rename(context, new, context.name)
    elif bedrock_calls.is_committed(old, now):
        _rename(context, old, f"{context.name}{KEPT}")
        context.write(replace(ledger, kept=old["provisionedModelArn"]))
    else:
        bedrock_calls.ask_delete(bedrock, old, wanted)


def _rename(context: Context, found: "Throughput", name: str) -> None:
    context.clients.bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredProvisionedModelName=name
    )
