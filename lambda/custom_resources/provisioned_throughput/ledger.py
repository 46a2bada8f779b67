"""The ledger of one provisioned throughput: what the kit last did with it, since when, why and on whose behalf.

An SSM parameter beside the throughput, so that an update, a delete or a tick that finds no throughput knows whether
that is on purpose. Without a ledger nothing is ever bought: it is written before the first purchase and outlives none.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

from custom_resources import json_parameter

if TYPE_CHECKING:
    from mypy_boto3_bedrock.literals import CommitmentDurationType
    from mypy_boto3_ssm import SSMClient

BUYING, BOUGHT, RELEASED = "buying", "bought", "released"


@dataclass(frozen=True)
class Override:
    """A decision that overrules the schedule: `wanted` is BOUGHT or RELEASED, `until` None means until it is lifted."""

    wanted: str
    why: str
    who: str
    until: str | None = None


@dataclass(frozen=True)
class Size:
    model_units: int
    commitment: "CommitmentDurationType | None"

    def __str__(self) -> str:
        return f"{self.model_units} model unit(s) with commitment {self.commitment or 'none'}"


@dataclass(frozen=True)
class Watch:
    """Which throughput's calls are counted, and since when: a moment at which the kit called it itself."""

    throughput_arn: str
    since: str


@dataclass(frozen=True)
class Ledger:
    """`state`: BUYING (ordered, perhaps), BOUGHT (there is one, unless somebody deleted it), RELEASED (on purpose).

    `purchase` counts purchases: it is part of the client token, so that two calls for one purchase buy one.
    `withdrawn_at`: since when no caller is sent there; a release goes on DRAIN_SECONDS later. `warned`: what somebody
    was told already, so that a tick does not tell it again.
    `migration`: the size that it is being moved to; `migrated`: the one that it was moved to, until deployment.toml's
    settings say the same; `kept`: ARN of the one that a move left behind, billed until its commitment ends.
    `watch`: for the idle release only.
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
        """In `state` for the reason `why`; `since` tells when the state changed, not the reason."""
        if (self.state, self.why) == (state, why):
            return self
        since = self.since if self.state == state else _text(now)
        withdrawn_at = self.withdrawn_at if state == RELEASED else None
        return replace(self, state=state, why=why, who=who, since=since, withdrawn_at=withdrawn_at)

    def withdrawn(self, now: datetime) -> "Ledger":
        return replace(self, withdrawn_at=_text(now))

    def seconds_withdrawn(self, now: datetime) -> float | None:
        """How long no caller has been sent there; None where nothing was withdrawn."""
        if self.withdrawn_at is None:
            return None
        return (now - datetime.fromisoformat(self.withdrawn_at)).total_seconds()


def ledger_parameter(deployment: str, throughput: str) -> str:
    return f"/bedrock-kit/{deployment}/capacity/{throughput}/ledger"


def opened(state: str, *, why: str, who: str, now: datetime) -> Ledger:
    return Ledger(state=state, since=_text(now), why=why, who=who)


def read_ledger(ssm: "SSMClient", deployment: str, throughput: str) -> Ledger | None:
    value = json_parameter.read(ssm, ledger_parameter(deployment, throughput))
    return parsed(value) if value is not None else None


def write_ledger(ssm: "SSMClient", deployment: str, throughput: str, ledger: Ledger) -> None:
    json_parameter.write(ssm, ledger_parameter(deployment, throughput), asdict(ledger))


def remove_ledger(ssm: "SSMClient", deployment: str, throughput: str) -> None:
    json_parameter.remove(ssm, ledger_parameter(deployment, throughput))


def parsed(value: Mapping[str, Any]) -> Ledger:
    """What a newer kit added is dropped: an older one, rolled back to, must still be able to release."""
    known = {field.name for field in fields(Ledger)}
    given = {"override": value.get("hold"), **value}  # release 0.1.0 wrote "hold"
    content = {name: item for name, item in given.items() if name in known}
    for name, kind in (("override", Override), ("migration", Size), ("migrated", Size), ("watch", Watch)):
        content[name] = kind(**content[name]) if content.get(name) else None
    return Ledger(**{**content, "warned": tuple(content.get("warned", ()))})


def _text(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
