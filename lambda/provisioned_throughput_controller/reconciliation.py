"""Reconciles one throughput with its wanted state, step by step.

Every step starts from what exists: it may run twice, at the same time, late or not at all. Nothing is bought without
the settings parameter, which CloudFormation deletes before the throughput; a purchase that overlaps is given back.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from custom_resources.framework.errors import error_code
from custom_resources.framework.resource import Phase
from custom_resources.provisioned_throughput import bedrock_calls
from custom_resources.provisioned_throughput.ledger import BOUGHT, Ledger, Size
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from kit_contract.errors import ResourceFailedError
from provisioned_throughput_controller import idleness, migration, renewal
from provisioned_throughput_controller.context import Context
from provisioned_throughput_controller.idleness import Calls
from provisioned_throughput_controller.purchase import step_towards_bought
from provisioned_throughput_controller.release import give_back, step_towards_released
from provisioned_throughput_controller.report import NOT_BILLED
from provisioned_throughput_controller.settings import Settings
from provisioned_throughput_controller.wanted_state import Wanted, active_override, idle_override, wanted_state

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

STEP_SECONDS = 10


@dataclass(frozen=True)
class Step:
    """`status` is Bedrock's before the step, or absent. `wanted`, `why` and `until` are the wanted state.

    `model_units`: those that are billed, without the second throughput of a migration.
    """

    name: str
    status: str
    wanted: str
    why: str
    until: str | None
    settled: bool
    model_units: int = 0


class Reconciliation:
    def __init__(self, context: Context) -> None:
        self._context = context
        self._ordered: ThroughputProperties | None = None

    def settle(self, *, seconds: float, sleep: Callable[[float], None]) -> Step:
        """Step until nothing is left to do or `seconds` are over; then the next tick continues."""
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
        settings, ledger = self._after_migration(settings, ledger)
        found = bedrock_calls.find(self._context.clients.bedrock, self._context.name)
        if found is not None and not bedrock_calls.is_ours(self._context.clients.bedrock, found, settings.throughput):
            raise ResourceFailedError(
                f"a provisioned throughput named {settings.name} exists and does not have this deployment's tags, so "
                "nothing was changed; delete it or choose another name"
            )
        if found is not None:
            ledger = renewal.notify_of_renewal(
                self._context, ledger, found, settings.throughput.accepted_hourly_cost_usd
            )
            ledger = self._with_idle_override(settings, ledger, found)
        wanted = wanted_state(settings, ledger, self._context.clock())
        return self._report(wanted, found, settled=self._move(settings, ledger, found, wanted))

    def _after_migration(self, settings: Settings, ledger: Ledger) -> tuple[Settings, Ledger]:
        """Finish what a migration left to do, and use its size until deployment.toml says the same."""
        ledger = migration.delete_kept(self._context, settings, ledger)
        deployed = Size(settings.throughput.model_units, settings.throughput.commitment)
        if ledger.migrated == deployed:
            ledger = replace(ledger, migrated=None)
            self._context.write(ledger)
        return migration.migrated_settings(settings, ledger), ledger

    def _move(self, settings: Settings, ledger: Ledger, found: "Throughput | None", wanted: Wanted) -> bool:
        if ledger.migration is not None:
            self._ordered = migration.second_throughput(settings, ledger)
            return migration.step(self._context, settings, ledger)
        if wanted.state != BOUGHT:
            return step_towards_released(self._context, settings.throughput, ledger, found, wanted.why)
        settled = step_towards_bought(self._context, settings, ledger, found, wanted.why)
        if found is None and not settled:
            self._ordered = settings.throughput
        return settled

    def _undeployed(self, ledger: Ledger | None) -> Step:
        """A ledger without settings: a destroy is under way, or a commitment prevented it."""
        found = bedrock_calls.find(self._context.clients.bedrock, self._context.name) if ledger else None
        if (
            ledger
            and found
            and bedrock_calls.is_of_deployment(self._context.clients.bedrock, found, self._context.kit_deployment)
        ):
            renewal.notify_of_renewal(self._context, ledger, found, hourly_cost_usd=None)
        settled = self._ordered is None or give_back(self._context, self._ordered)
        return Step(
            self._context.name, "not deployed", "nothing", "its stack is deleted, or not deployed yet", None, settled
        )

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
        except Exception as error:  # schedule and expiry must not wait for a metric
            calls, why = Calls.UNKNOWN, error_code(error) or type(error).__name__
        if calls is Calls.UNKNOWN:
            return self._context.notify_once(seen, f"calls are not known ({why})", idleness.unknown_text(seen, hours))
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
            model_units=found["modelUnits"] if found and found["status"] not in NOT_BILLED else 0,
        )
