"""To other model units or another commitment, which Bedrock cannot change: by a second throughput, without a gap.

<name>-next  ordered -> Creating -> InService -> the alias's capacity parameter points to it
<name>       DRAIN_SECONDS later deleted; under a commitment renamed to <name>-kept, and deleted when that has ended
<name>-next  renamed to <name>: CloudFormation finds what deployment.toml says by then
"""

from dataclasses import replace
from typing import TYPE_CHECKING

from custom_resources import throughput_calls, throughput_quota
from custom_resources.capacity_ledger import Ledger, Size
from custom_resources.capacity_parameter import DRAIN_SECONDS, publish_capacity
from custom_resources.lifecycle import Phase, ResourceFailedError
from custom_resources.throughput_model import ThroughputProperties, wanted_model
from provisioned_capacity.bookkeeping import Books
from provisioned_capacity.purchase import buy, token
from provisioned_capacity.renewal import with_renewal_told
from provisioned_capacity.settings import Settings

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

KEPT = "-kept"


def begin(books: Books, size: Size) -> None:
    """Note what is wanted; the steps after it go by that. Raises ResourceFailedError where there is nothing to move."""
    ledger, found = books.ledger(), throughput_calls.find(books.clients.bedrock, books.name)
    if ledger is None or found is None:
        raise ResourceFailedError(f"{books.name} is absent: deploy the new settings, the next purchase takes them")
    if throughput_calls.next_name(books.name) is None:
        longest = throughput_calls.LONGEST_NAME - len("-next")
        raise ResourceFailedError(f"{books.name} must have at most {longest} characters to be moved; rename it")
    if ledger.migration is not None and ledger.migration != size:
        raise ResourceFailedError(f"{books.name} is being moved to {ledger.migration}; wait until that is done")
    if ledger.migration is None and size_of(found) != size:
        books.write(replace(ledger, migration=size, purchase=ledger.purchase + 1))


def resized(settings: Settings, ledger: Ledger) -> Settings:
    """The settings with the size that was moved to, for as long as deployment.toml's are not deployed."""
    if ledger.migrated is None:
        return settings
    units, commitment = ledger.migrated.model_units, ledger.migrated.commitment
    return replace(settings, throughput=replace(settings.throughput, model_units=units, commitment=commitment))


def ordered(settings: Settings, ledger: Ledger) -> ThroughputProperties:
    """What the move orders beside the present one."""
    size, name = ledger.migration, throughput_calls.next_name(settings.name)
    assert size
    assert name
    return replace(settings.throughput, name=name, model_units=size.model_units, commitment=size.commitment)


def step(books: Books, settings: Settings, ledger: Ledger) -> bool:
    """One step of the move that `ledger` asks for. True when it is done; raises ResourceFailedError when given up."""
    size, bedrock, wanted = ledger.migration, books.clients.bedrock, ordered(settings, ledger)
    old, new = throughput_calls.find(bedrock, books.name), throughput_calls.find(bedrock, wanted.name)
    if new is None and old is not None and size_of(old) == size:
        books.write(replace(ledger, migration=None, migrated=size, withdrawn_at=None))
        books.notices.tell(f"{books.name}: moved", f"It has {size} now. Deploy the same settings next.")
        return True
    try:
        if new is None:
            _order(books, wanted, ledger)
        else:
            _move(books, wanted, ledger, old, new)
        return False
    except ResourceFailedError as error:
        if new is not None:
            throughput_calls.ask_delete(bedrock, new, wanted)
        books.write(replace(ledger, migration=None))
        reason = f"not moved: {error} The present one goes on serving"
        books.notices.tell(f"{books.name}: not moved", reason)
        raise ResourceFailedError(reason) from None  # whoever waits for the answer is told as well


def end_kept(books: Books, settings: Settings, ledger: Ledger) -> Ledger:
    """Deletes what a move left under its commitment as soon as that has ended."""
    if ledger.kept is None:
        return ledger
    found = throughput_calls.find(books.clients.bedrock, ledger.kept)
    if found is not None and not throughput_calls.is_committed(found, books.clock()):
        throughput_calls.ask_delete(books.clients.bedrock, found, settings.throughput)
    if found is not None:
        return with_renewal_told(books, ledger, found, settings.throughput.accepted_hourly_cost_usd)
    ended = replace(ledger, kept=None)
    books.write(ended)
    return ended


def size_of(found: "Throughput") -> Size:
    return Size(found["desiredModelUnits"], found.get("commitmentDuration"))


def _order(books: Books, wanted: ThroughputProperties, ledger: Ledger) -> None:
    model = wanted_model(books.clients.bedrock, books.clients.ssm, wanted)
    if model is None:
        raise ResourceFailedError(f"{wanted.name}: there is no model to serve any more")
    throughput_quota.check_quota(books.clients.bedrock, books.clients.quotas, wanted, model)
    buy(books, wanted, model, token(f"{wanted.owner}-next", ledger.purchase))


def _move(
    books: Books, wanted: ThroughputProperties, ledger: Ledger, old: "Throughput | None", new: "Throughput"
) -> None:
    now, bedrock = books.clock(), books.clients.bedrock
    if throughput_calls.phase_of(new) is not Phase.READY:
        return
    if wanted.alias and publish_capacity(books.clients.ssm, books.deployment, wanted.alias, new, now):
        books.write(ledger.withdrawn(now))
        return
    seconds = ledger.seconds_withdrawn(now)
    if old is not None and seconds is not None and seconds < DRAIN_SECONDS:
        return
    if old is None:
        _rename(books, new, books.name)
    elif throughput_calls.is_committed(old, now):
        _rename(books, old, f"{books.name}{KEPT}")
        books.write(replace(ledger, kept=old["provisionedModelArn"]))
    else:
        throughput_calls.ask_delete(bedrock, old, wanted)


def _rename(books: Books, found: "Throughput", name: str) -> None:
    books.clients.bedrock.update_provisioned_model_throughput(
        provisionedModelId=found["provisionedModelArn"], desiredProvisionedModelName=name
    )
