"""Custom::BedrockProvisionedThroughput: model units that are billed by the hour from creation to deletion.

  Create  the quota is checked, then CreateProvisionedModelThroughput -> Creating -> InService | Failed
          a throughput of that name with our tags (of a Create that died) is adopted, any other one is refused
          the key of the section was renamed, and the old one's throughput exists: refused, with the price
          with a schedule, from the expiry day on, or before anything is trained: nothing is bought, the ledger says
          why, and the controller buys when it is time (lambda/provisioned_throughput_controller)
  Update  custom model changed: UpdateProvisionedModelThroughput, same ARN -> Updating -> InService | Failed
          ModelUnits, CommitmentDuration or a foundation model changed: refused, Bedrock cannot change them
          released, according to the ledger: nothing to do, the next purchase uses the new settings
          ProvisionedModelName changed: renamed in place, same ARN; a replacement would buy a second one
        Alias changed: the old alias is withdrawn
  Delete  first the alias's capacity parameter, then DRAIN_SECONDS later the throughput -> GONE
          under a commitment: FAILED at once with the day, the cost and the command; while Creating or Updating: retried

The physical id is the first name. The client token is a hash of CloudFormation's request: a repeated Create buys
nothing twice.
API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateProvisionedModelThroughput.html
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from custom_resources.account import json_parameter
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from custom_resources.provisioned_throughput import bedrock_calls, ledger, other_section
from custom_resources.provisioned_throughput.alias_capacity import publish_capacity, read_capacity, withdraw_capacity
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.commitment import committed_reason, is_committed
from custom_resources.provisioned_throughput.ledger import BOUGHT, RELEASED, Ledger
from custom_resources.provisioned_throughput.model import swap_model
from custom_resources.provisioned_throughput.properties import ThroughputProperties
from custom_resources.provisioned_throughput.purchase import purchase
from custom_resources.provisioned_throughput.release import release
from kit_contract import parameters
from kit_contract.counted import counted
from kit_contract.errors import ResourceFailedError

if TYPE_CHECKING:
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput

WHO = "cloudformation"


class ProvisionedThroughputResource:
    name_property = "ProvisionedModelName"

    def __init__(self, clients: Clients, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._clients = clients
        self._clock = clock

    def physical_id(self, request: Request) -> str:
        """The same after a rename: CloudFormation takes another id for a replacement, and deletes the old one."""
        name = ThroughputProperties.of(request).name
        return name if request.request_type == "Create" else request.physical_id or name

    def create(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        found = self._find_ours(wanted)
        if found is not None:
            self._note(wanted, BOUGHT, "deployed")
            self._reconcile(wanted, found)
            return {}
        postponed = _left_to_the_controller(wanted, self._clock())
        other_section.require_no_other_key(self._clients, wanted)
        if not postponed:
            other_section.require_free_alias(self._clients, wanted)
        reason = purchase(
            self._clients,
            wanted,
            token=request.token,
            write_ledger=partial(self._note, wanted, BOUGHT, "deployed"),
            postponed=postponed,
        )
        if reason:
            self._note(wanted, RELEASED, reason)
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        before = ThroughputProperties.before(request) or wanted
        found = self._find_ours(wanted)
        if before.name != wanted.name:
            found = found or self._named_before(wanted, before)
        if found is not None:
            self._reconcile(wanted, found)
            self._withdraw_old_alias(wanted, before, found)
        elif self._ledger(wanted) is None:
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} was deleted outside CloudFormation, and an update does not buy "
                "a new one: destroy the stack and deploy it again"
            )
        return {}

    def delete(self, request: Request) -> None:
        wanted, now = ThroughputProperties.of(request), self._clock()
        found = bedrock_calls.find(self._clients.bedrock, wanted.name)
        present = self._present(wanted, found)
        for item in present:
            if is_committed(item, now):
                raise ResourceFailedError(committed_reason(item, wanted, now))
        if not present:
            self._remove_dead_target(wanted)
            return
        # The controller does not buy it back: it does nothing without the settings, which are deleted before.
        is_anothers = other_section.is_anothers_name(self._clients, wanted, found)
        before = None if is_anothers else self._ledger(wanted)
        released = self._moved(before, RELEASED, "its stack deletes it")
        own = partial(self._write, wanted, before=before)
        write: Callable[[Ledger], object] = (lambda _: None) if is_anothers else own
        release(self._clients, wanted, present, released=released, write_ledger=write, now=now)

    def describe(self, request: Request) -> Snapshot:
        wanted = ThroughputProperties.of(request)
        found = bedrock_calls.find(self._clients.bedrock, wanted.name)
        if request.is_delete:
            return self._describe_deletion(wanted, found)
        before = ThroughputProperties.before(request)
        if found is None and before and before.name != wanted.name:
            found = self._named_before(wanted, before)
            if found is not None:
                self._reconcile(wanted, found)
                return Snapshot(Phase.IN_PROGRESS, waiting_for=f"{before.name} gets the name {wanted.name}")
        if found is None:
            noted = self._ledger(wanted)
            may_be_absent = noted is not None and (noted.state == RELEASED or request.request_type == "Update")
            return Snapshot(Phase.READY if may_be_absent else Phase.GONE)
        phase = bedrock_calls.phase_of(found)
        if phase is Phase.READY:
            publish_capacity(self._clients.ssm, wanted, found, self._clock())
        return Snapshot(phase)

    def _describe_deletion(self, wanted: ThroughputProperties, found: "Throughput | None") -> Snapshot:
        if self._present(wanted, found):
            return Snapshot(Phase.IN_PROGRESS)
        if not other_section.is_anothers_name(self._clients, wanted, found):
            parameter = parameters.throughput_ledger(wanted.kit_deployment, wanted.name)
            json_parameter.remove(self._clients.ssm, parameter)
        return Snapshot(Phase.GONE)

    def _find_ours(self, wanted: ThroughputProperties) -> "Throughput | None":
        """Raises ResourceFailedError if the name is that of another section or not the kit's."""
        found = bedrock_calls.find(self._clients.bedrock, wanted.name)
        other_section.require_own_name(self._clients, wanted, found)
        return found

    def _named_before(self, wanted: ThroughputProperties, before: ThroughputProperties) -> "Throughput | None":
        """The throughput that still has the name of `before`. Its ledger gets the new name first."""
        noted = self._ledger(before)
        if noted and noted.migration:
            raise ResourceFailedError(
                f"{before.name} is being migrated to {noted.migration}, and cannot get the name {wanted.name} "
                "meanwhile; deploy again when kit capacity says that it is done"
            )
        ledger.move_ledger(self._clients.ssm, wanted.kit_deployment, before.name, wanted.name)
        found = bedrock_calls.find(self._clients.bedrock, before.name)
        return found if found and bedrock_calls.is_ours(self._clients.bedrock, found, wanted) else None

    def _present(self, wanted: ThroughputProperties, found: "Throughput | None") -> "list[Throughput]":
        """Also what a failed rename or Delete left under another name, and what a migration bought or kept."""
        ours = [found] if found and bedrock_calls.is_ours(self._clients.bedrock, found, wanted) else []
        ours += bedrock_calls.owned(self._clients.bedrock, wanted)
        return list({item["provisionedModelArn"]: item for item in ours}.values())

    def _withdraw_old_alias(
        self, wanted: ThroughputProperties, before: ThroughputProperties, found: "Throughput"
    ) -> None:
        if before.alias != wanted.alias:
            withdraw_capacity(self._clients.ssm, before, found["provisionedModelArn"])

    def _reconcile(self, wanted: ThroughputProperties, found: "Throughput") -> None:
        """Compares with what exists, not with the old properties: in a rollback the two are swapped."""
        units, commitment = found["desiredModelUnits"], found.get("commitmentDuration")
        if (units, commitment) != (wanted.model_units, wanted.commitment):
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} has {counted(units, 'model unit')} and commitment "
                f"{commitment or 'none'}, wanted {wanted.model_units} and {wanted.commitment or 'none'}: Bedrock "
                "cannot change either, and a second one would be billed beside the first; restore the setting, or see "
                "what a migration would cost: "
                f"python -m kit capacity migrate {wanted.name}"
            )
        if found["provisionedModelName"] != wanted.name:
            if bedrock_calls.phase_of(found) is not Phase.READY:
                return  # Bedrock renames only what is in service
            bedrock_calls.rename(self._clients.bedrock, found, wanted.name)
        swap_model(self._clients, wanted, found, self._clock())

    def _remove_dead_target(self, wanted: ThroughputProperties) -> None:
        """Remove a capacity parameter whose throughput is absent. After a replacement it points to the new one."""
        published = read_capacity(self._clients.ssm, wanted)
        if published and bedrock_calls.find(self._clients.bedrock, published["target_arn"]) is None:
            parameter = parameters.alias_capacity(wanted.kit_deployment, str(wanted.alias))
            json_parameter.remove(self._clients.ssm, parameter)

    def _ledger(self, wanted: ThroughputProperties) -> Ledger | None:
        return ledger.read_ledger(self._clients.ssm, wanted.kit_deployment, wanted.name)

    def _note(self, wanted: ThroughputProperties, state: str, why: str) -> None:
        before = self._ledger(wanted)
        self._write(wanted, self._moved(before, state, why), before=before)

    def _moved(self, before: Ledger | None, state: str, why: str) -> Ledger:
        now = self._clock()
        moved = (before or ledger.opened(state, why=why, who=WHO, now=now)).moved(state, why=why, who=WHO, now=now)
        is_new = state == BOUGHT and (before is None or before.state != BOUGHT)
        return replace(moved, purchase=moved.purchase + 1) if is_new else moved

    def _write(self, wanted: ThroughputProperties, noted: Ledger, *, before: Ledger | None) -> None:
        if noted != before:
            ledger.write_ledger(self._clients.ssm, wanted.kit_deployment, wanted.name, noted)


def _left_to_the_controller(wanted: ThroughputProperties, now: datetime) -> str:
    """Why the deploy itself buys nothing; empty if it does."""
    if wanted.expires and wanted.expires <= now.date().isoformat():
        return "expired"
    return "waits for its schedule" if wanted.schedule else ""
