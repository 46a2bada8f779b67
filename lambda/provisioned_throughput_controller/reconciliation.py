"""Moves one throughput a step towards what is wanted, and steps until it is there.

Every step looks at what is there first: it may run twice, at once, late or not at all. Nothing is bought without the
settings parameter, which CloudFormation takes away before it deletes; a purchase that crosses that is given back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from custom_resources.framework.lifecycle import Phase, ResourceFailedError, error_code
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.ledger import BOUGHT, Ledger, Size
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties
from provisioned_throughput_controller import idleness, migration, renewal
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.idleness import Calls
from provisioned_throughput_controller.purchase import towards_bought
from provisioned_throughput_controller.release import give_back, towards_released
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import Wanted, active_override, idle_override, wanted_state

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

STEP_SECONDS = 10


@dataclass(frozen=True)
class Step:
    """`status` is Bedrock's before the step, or absent; `wanted`, `why`, `until`: what is aimed at, and how long."""

    name: str
    status: str
    wanted: str
    why: str
    until: str | None
    settled: bool


class Reconciliation:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._ordered: ThroughputProperties | None = None

    def settle(self, *, seconds: float, sleep: Callable[[float], None]) -> Step:
        """Step until nothing is left to do or `seconds` of the clock are over; the next tick goes on then."""
        begin = self._context.clock()
        step = self.step()
        while not step.settled and (self._context.clock() - begin).total_seconds() < seconds:
            sleep(STEP_SECONDS)
            step = self.step()
        return step

    def step(self) -> Step:
        settings, ledger = self._context.settings(), self._context.ledger()
        if settings is None or ledger is None:
            return self._undeployed(ledger)
        settings, ledger = self._with_what_was_moved(settings, ledger)
        found = bedrock_calls.find(self._context.clients.bedrock, self._context.name)
        if found is not None and not bedrock_calls.is_ours(self._context.clients.bedrock, found, settings.throughput):
            raise ResourceFailedError(f"{settings.name} exists and does not carry this deployment's tags: not touched")
        if found is not None:
            ledger = renewal.with_renewal_told(
                self._context, ledger, found, settings.throughput.accepted_hourly_cost_usd
            )
            ledger = self._with_idle_override(settings, ledger, found)
        wanted = wanted_state(settings, ledger, self._context.clock())
        return self._report(wanted, found, settled=self._move(settings, ledger, found, wanted))

    def _with_what_was_moved(self, settings: Settings, ledger: Ledger) -> tuple[Settings, Ledger]:
        """What a move to another size left to do, and the size that it ended with."""
        ledger = migration.end_kept(self._context, settings, ledger)
        deployed = Size(settings.throughput.model_units, settings.throughput.commitment)
        if ledger.migrated == deployed:
            ledger = replace(ledger, migrated=None)
            self._context.write(ledger)
        return migration.resized(settings, ledger), ledger

    def _move(self, settings: Settings, ledger: Ledger, found: "Throughput | None", wanted: Wanted) -> bool:
        if ledger.migration is not None:
            self._ordered = migration.ordered(settings, ledger)
            return migration.step(self._context, settings, ledger)
        if wanted.state != BOUGHT:
            return towards_released(self._context, settings.throughput, ledger, found, wanted.why)
        settled = towards_bought(self._context, settings, ledger, found, wanted.why)
        if found is None and not settled:
            self._ordered = settings.throughput
        return settled

    def _undeployed(self, ledger: Ledger | None) -> Step:
        """A ledger without settings is left by a destroy under way, or by one that a commitment refused."""
        found = bedrock_calls.find(self._context.clients.bedrock, self._context.name) if ledger else None
        if ledger and found and bedrock_calls.is_of(self._context.clients.bedrock, found, self._context.deployment):
            renewal.with_renewal_told(self._context, ledger, found, hourly_cost_usd=None)
        settled = self._ordered is None or give_back(self._context, self._ordered)
        return Step(self._context.name, "not deployed", "nothing", "its stack is gone or not yet there", None, settled)

    def _with_idle_override(self, settings: Settings, ledger: Ledger, found: "Throughput") -> Ledger:
        now, hours = self._context.clock(), settings.release_when_idle_hours
        if hours is None or bedrock_calls.PHASES.get(found["status"]) is not Phase.READY:
            return ledger
        seen = idleness.watched(self._context.clients.runtime, ledger, found["provisionedModelArn"], now)
        self._context.write(seen, before=ledger)
        if active_override(seen, now):
            return seen
        try:
            calls, why = idleness.recent_calls(self._context.clients.cloudwatch, seen, hours, now), "no call is counted"
        except Exception as error:  # what the schedule or an expiry wants must not wait for a metric
            calls, why = Calls.UNKNOWN, error_code(error) or type(error).__name__
        if calls is Calls.UNKNOWN:
            return self._context.tell_once(seen, f"calls are not known ({why})", idleness.unknown_text(seen, hours))
        if calls is not Calls.NONE:
            return seen
        idle = replace(seen, override=idle_override(settings, now))
        self._context.write(idle)
        return idle

    def _report(self, wanted: Wanted, found: "Throughput | None", *, settled: bool) -> Step:
        return Step(
            name=self._context.name,
            status=found["status"] if found else "absent",
            wanted=wanted.state,
            why=wanted.why,
            until=wanted.until.isoformat(timespec="seconds") if wanted.until else None,
            settled=settled,
        )
