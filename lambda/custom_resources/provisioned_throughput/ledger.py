"""The ledger of one provisioned throughput: what the kit last did with it, since when, why, and for whom.

It is an SSM parameter beside the throughput. With it an update, a delete or a tick of the schedule that finds no
throughput knows whether that is intended. The ledger is written before the first purchase and outlives every one.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources.account import json_parameter
from custom_resources.provisioned_throughput.alias_capacity import DRAIN_SECONDS
from kit_contract.counted import counted
from kit_contract.parameters import throughput_ledger

if TYPE_CHECKING:
    from mypy_boto3_bedrock.literals import CommitmentDurationType
    from mypy_boto3_ssm import SSMClient

BUYING, BOUGHT, RELEASED = "buying", "bought", "released"


@dataclass(frozen=True)
class Override:
    """A decision that overrides the schedule. `wanted` is BOUGHT or RELEASED; without `until` it lasts until lifted."""

    wanted: str
    why: str
    who: str
    until: str | None = None


@dataclass(frozen=True)
class Size:
    model_units: int
    commitment: "CommitmentDurationType | None"

    def __str__(self) -> str:
        return f"{counted(self.model_units, 'model unit')} with commitment {self.commitment or 'none'}"


@dataclass(frozen=True)
class Watch:
    """The throughput whose calls are counted, and since when: the kit called it itself at that moment."""

    throughput_arn: str
    since: str


@dataclass(frozen=True)
class Ledger:
    """`state`: BUYING (an order may have been placed), BOUGHT (it exists, unless deleted by hand), RELEASED.

    `purchase` counts purchases and is part of the client token: two calls for one purchase buy one throughput.
    `withdrawn_at` is when the alias stopped pointing to it; the deletion follows DRAIN_SECONDS later.
    `warned` lists the notices that were sent, so that the next tick does not repeat them.
    `migration` is the size of a migration under way. `migrated` is the size of a finished one, until deployment.toml's
    settings agree. `kept` is the ARN of the throughput that a migration left behind, billed until its commitment ends.
    `watch` is used by the idle release only.
    """

    state: str
    since: str
    why: str
    who: str
    purchase: int = 0
    withdrawn_at: str | None = None
    override: Override | None = None
    warned: tuple[str, ...] = ()
    migration: Size | None = None
    migrated: Size | None = None
    kept: str | None = None
    watch: Watch | None = None

    def moved(self, state: str, *, why: str, who: str, now: datetime) -> "Ledger":
        """In `state` for the reason `why`. `since` is when the state changed, not the reason."""
        if (self.state, self.why) == (state, why):
            return self
        since = self.since if self.state == state else _text(now)
        withdrawn_at = self.withdrawn_at if state == RELEASED else None
        return replace(self, state=state, why=why, who=who, since=since, withdrawn_at=withdrawn_at)

    def withdrawn(self, now: datetime) -> "Ledger":
        return replace(self, withdrawn_at=_text(now))

    def is_draining(self, now: datetime) -> bool:
        """Whether calls may still be on their way to the throughput that was withdrawn."""
        if self.withdrawn_at is None:
            return False
        return (now - datetime.fromisoformat(self.withdrawn_at)).total_seconds() < DRAIN_SECONDS


def opened(state: str, *, why: str, who: str, now: datetime) -> Ledger:
    return Ledger(state=state, since=_text(now), why=why, who=who)


def read_ledger(ssm: "SSMClient", kit_deployment: str, throughput: str) -> Ledger | None:
    value = json_parameter.read(ssm, throughput_ledger(kit_deployment, throughput))
    return parsed(value) if value is not None else None


def write_ledger(ssm: "SSMClient", kit_deployment: str, throughput: str, ledger: Ledger) -> None:
    json_parameter.write(ssm, throughput_ledger(kit_deployment, throughput), asdict(ledger))


def move_ledger(ssm: "SSMClient", kit_deployment: str, before: str, after: str) -> None:
    """To the throughput's new name. The old one goes: a tick that finds it without a throughput would give up."""
    value = json_parameter.read(ssm, throughput_ledger(kit_deployment, before))
    if value is not None:
        json_parameter.write(ssm, throughput_ledger(kit_deployment, after), value)
        json_parameter.remove(ssm, throughput_ledger(kit_deployment, before))


def parsed(value: Mapping[str, Any]) -> Ledger:
    """Drops what a newer release added: after a rollback an older one must still be able to release."""
    known = {field.name for field in fields(Ledger)}
    given = {"override": value.get("hold"), **value}  # release 0.1.0 wrote "hold"
    content = {name: item for name, item in given.items() if name in known}
    for name, kind in (("override", Override), ("migration", Size), ("migrated", Size), ("watch", Watch)):
        content[name] = kind(**content[name]) if content.get(name) else None
    return Ledger(**{**content, "warned": tuple(content.get("warned", ()))})


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
