"""What a deploy does with each provisioned throughput: kept, renamed, bought, released, or left behind and billed.

CloudFormation deletes what a section left only after everything else, and goes on if the deletion fails: a throughput
under a commitment stays in Bedrock, without an owner.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from billed_resources.cost import HOURS_PER_DAY
from deployment.config import DeploymentConfig
from deployment.costs.provisioned_throughput import committed_line, hourly_price
from deployment.sections.provisioned_throughput import ProvisionedThroughput
from kit.deploy.deployed_throughput import Deployed, Look, Present, Size
from kit_contract.counted import counted
from kit_contract.stacks import throughput_logical_ids


class Need(Enum):
    """What the deploy needs before it may go on."""

    NOTHING = "nothing"
    CONSENT = "consent"
    ANOTHER_FILE = "another file"


@dataclass(frozen=True)
class Change:
    """`name`: in Bedrock. `hourly`, `until_end`: USD; None if unknown, 0 if nothing is billed."""

    name: str
    what: str
    hourly: float | None = 0.0
    until_end: float | None = 0.0
    need: Need = Need.NOTHING
    bought: bool = False


def throughput_changes(config: DeploymentConfig, found: Look, now: datetime) -> list[Change]:
    """In the order of the file, then what the file no longer has. Without sections the stack is not deployed: empty."""
    if not config.provisioned_throughput:
        return []
    before = _before(config, found.deployed)
    kept = {item.logical_id for item in before.values()}
    removed = [item for item in found.deployed if item.logical_id not in kept]
    changes: list[Change] = []
    for section in config.provisioned_throughput:
        if section in before:
            changes += _changed(config, section, before[section])
        else:
            changes.append(_left_before(config, section, found) or _added(config, section, removed, now))
    return [*changes, *(change for item in removed for change in _removed(item))]


def _before(config: DeploymentConfig, deployed: Sequence[Deployed]) -> dict[str, Deployed]:
    """Section -> what is deployed under its key."""
    known = {item.logical_id: item for item in deployed}
    found: dict[str, Deployed] = {}
    for place in (0, 1):
        for section in config.provisioned_throughput:
            logical_id = throughput_logical_ids(section)[place]
            if section not in found and logical_id in known:
                found[section] = known.pop(logical_id)
    return found


def _left_before(config: DeploymentConfig, section: str, found: Look) -> Change | None:
    """A throughput that the section left in Bedrock when it was removed: its Create takes it over."""
    name = config.provisioned_model_name(section)
    present = found.named(name)
    owners = [f"{found.stack}/{logical_id}" for logical_id in throughput_logical_ids(section)]
    if present is None or present.owner not in owners:
        return None
    return Change(name, "taken over; it exists and is billed already", *_billed(present))


def _changed(config: DeploymentConfig, section: str, before: Deployed) -> Iterator[Change]:
    item, name = config.provisioned_throughput[section], config.provisioned_model_name(section)
    found = before.in_service
    if found is None:
        why = f"its state cannot be looked at: {before.unread}" if before.unread else before.ledger or "it was deleted"
        hourly = None if before.unread else 0.0
        yield Change(name, f"kept; not in service ({why})", hourly, hourly)
        return
    wanted = Size(item.model_units, None if item.commitment == "none" else item.commitment)
    hourly, until_end = _billed(found)
    if found.size != wanted:
        what = (
            f"refused: it has {_size(found.size)}, and Bedrock cannot change that to {_size(wanted)}; restore the "
            f"setting, or see what a migration costs: kit capacity migrate {before.name}"
        )
        yield Change(name, what, hourly, until_end, Need.ANOTHER_FILE)
    elif before.model != item.model:
        what = (
            f"refused: it serves {before.model or before.customization}, and Bedrock changes the model of custom "
            f"models only; restore [provisioned_throughput.{section}]"
        )
        yield Change(name, what, hourly, until_end, Need.ANOTHER_FILE)
    else:
        yield Change(name, "kept" if name == before.name else f"renamed in place, was {before.name}", hourly, until_end)
    yield from (Change(other.billed.name, "kept", *_billed(other)) for other in before.present if other != found)


def _added(config: DeploymentConfig, section: str, removed: Sequence[Deployed], now: datetime) -> Change:
    item, name = config.provisioned_throughput[section], config.provisioned_model_name(section)
    price = hourly_price(config, item)
    hourly = price.usd * item.model_units if price else None
    until_end = committed_line(section, config, item).usd if item.commitment != "none" else 0.0
    if item.expires and item.expires <= now.date():
        return Change(name, f"not bought: it expired on {item.expires}")
    if earlier := next((old for old in removed if _is_same(old, item)), None):
        what = (
            f"refused: the deployed {earlier.name} is the same throughput under another key, and CloudFormation "
            "deletes it only after this one is bought. If you renamed the key of its section, restore it; else "
            "remove that section, deploy, then add this one"
        )
        return Change(name, what, hourly, until_end, Need.ANOTHER_FILE)
    when = "when its schedule opens" if item.schedule else "once it has a model" if item.customization else "now"
    return Change(name, f"bought {when}", hourly, until_end, bought=True)


def _is_same(old: Deployed, item: ProvisionedThroughput) -> bool:
    """Whether this one is the other one under another key; the custom resource refuses the same."""
    if item.customization:
        return old.customization == item.customization
    shares_alias = item.alias is not None and old.alias == item.alias and not item.schedule
    return bool(old.present) and (old.model == item.model or shares_alias)


def _removed(item: Deployed) -> Iterator[Change]:
    if item.unread:
        what = f"its section is gone; whether it stays billed cannot be looked at: {item.unread}"
        yield Change(item.name, what, None, None, Need.CONSENT)
    elif not item.present:
        yield Change(item.name, f"its section is gone; nothing to release ({item.ledger or 'it was deleted'})")
    for found in item.present:
        if found.billed.commitment:
            end = f"{found.billed.commitment.ends:%Y-%m-%d}"
            what = (
                f"its section is gone; its commitment cannot end before {end}: it stays billed until then without an "
                "owner, and renews itself unless you turn that off in Bedrock's console. Restore the section to use it"
            )
            yield Change(found.billed.name, what, *_billed(found), need=Need.CONSENT)
        else:
            yield Change(found.billed.name, "its section is gone; released", *_billed(found))


def _billed(found: Present) -> tuple[float | None, float | None]:
    """USD an hour, and until the end of the commitment."""
    usd, commitment = found.billed.usd_per_day, found.billed.commitment
    return None if usd is None else usd / HOURS_PER_DAY, commitment.usd_left if commitment else 0.0


def _size(size: Size) -> str:
    return f"{counted(size.model_units, 'model unit')} with commitment {size.commitment or 'none'}"
