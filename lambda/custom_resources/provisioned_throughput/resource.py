"""Custom::BedrockProvisionedThroughput: model units that are billed by the hour from creation to deletion.

  Create  CreateProvisionedModelThroughput -> Creating -> InService | Failed, after a look at the quota
          one of that name that carries our tags is adopted (a Create that died), any other one is refused
          with a schedule, after the expiry day, or before anything is trained: nothing is bought here, the ledger says
          why, and the schedule's function buys when it is time (lambda/provisioned_throughput_controller)
  Update  custom model changed: UpdateProvisionedModelThroughput, same ARN -> Updating -> InService | Failed
          ModelUnits, CommitmentDuration or a foundation model changed: refused, Bedrock cannot change them
          absent on purpose (the ledger says so): nothing to do, the next purchase takes the new settings
          ProvisionedModelName changed: replacement
  Delete  the alias's capacity parameter first, then DRAIN_SECONDS later the throughput -> GONE
          under a commitment: FAILED at once with day, cost and command; while Creating or Updating: asked again

The physical id is the name. All operations may be called twice: the token is CloudFormation's request id, and no
second throughput is bought where one of ours exists.
API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateProvisionedModelThroughput.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from custom_resources import json_parameter
from custom_resources.framework.lifecycle import Phase, Request, ResourceFailedError, Snapshot, error_code
from custom_resources.provisioned_throughput import bedrock_calls, quota
from custom_resources.provisioned_throughput.alias_capacity import (
    DRAIN_SECONDS,
    parameter_name,
    publish_capacity,
    read_capacity,
    withdraw_capacity,
)
from custom_resources.provisioned_throughput.ledger import (
    BOUGHT,
    RELEASED,
    Ledger,
    opened,
    read_ledger,
    remove_ledger,
    write_ledger,
)
from custom_resources.provisioned_throughput.model_swap import model_to_swap_to
from custom_resources.provisioned_throughput.wanted_throughput import ThroughputProperties, wanted_model

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_service_quotas import ServiceQuotasClient
    from mypy_boto3_ssm import SSMClient

WHO = "cloudformation"


class ProvisionedThroughputResource:
    name_property = "ProvisionedModelName"

    def __init__(
        self,
        bedrock: "BedrockClient",
        ssm: "SSMClient",
        quotas: "ServiceQuotasClient",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._bedrock = bedrock
        self._ssm = ssm
        self._quotas = quotas
        self._clock = clock

    def physical_id(self, request: Request) -> str:
        return ThroughputProperties.of(request).name

    def create(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        found = bedrock_calls.find(self._bedrock, wanted.name)
        if found is not None:
            self._require_ours(found, wanted)
            self._note(wanted, BOUGHT, "deployed")
            return self._reconcile(wanted, found)
        model = wanted_model(self._bedrock, self._ssm, wanted)
        if model is not None:
            quota.check_quota(self._bedrock, self._quotas, wanted, model)
        later = _left_to_the_schedule(wanted, model, self._clock())
        if later or model is None:
            self._note(wanted, RELEASED, later)
            return {}
        self._note(wanted, BOUGHT, "deployed")
        try:
            bedrock_calls.buy(self._bedrock, wanted, model, request.token)
        except Exception as error:
            if error_code(error) != "ServiceQuotaExceededException":
                raise
            raise quota.explained(error, self._quotas, wanted, model) from None
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        found = bedrock_calls.find(self._bedrock, wanted.name)
        if found is not None:
            self._require_ours(found, wanted)
            return self._reconcile(wanted, found)
        if self._ledger(wanted) is None:
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} was deleted outside CloudFormation; an update buys no new one: "
                "destroy the stack and deploy it again"
            )
        return {}

    def delete(self, request: Request) -> None:
        wanted = ThroughputProperties.of(request)
        found = bedrock_calls.find(self._bedrock, wanted.name)
        if found is not None and not bedrock_calls.is_ours(self._bedrock, found, wanted):
            return
        there = [item for item in (found, *self._left_by_a_move(wanted)) if item is not None]
        for item in there:
            if bedrock_calls.is_committed(item, self._clock()):
                raise ResourceFailedError(bedrock_calls.committed_reason(item, wanted, self._clock()))
        # No tick of the schedule buys it back: its settings parameter, without which it does nothing, is gone already.
        self._withdraw(wanted, there)
        for item in there:
            if not self._is_draining(wanted):
                bedrock_calls.ask_delete(self._bedrock, item, wanted)

    def describe(self, request: Request) -> Snapshot:
        wanted = ThroughputProperties.of(request)
        found = bedrock_calls.find(self._bedrock, wanted.name)
        if request.request_type == "Delete":
            ours = found is not None and bedrock_calls.is_ours(self._bedrock, found, wanted)
            if ours or self._left_by_a_move(wanted):
                return Snapshot(Phase.IN_PROGRESS)
            remove_ledger(self._ssm, wanted.kit_deployment, wanted.name)
            return Snapshot(Phase.GONE)
        if found is None:
            ledger = self._ledger(wanted)
            return Snapshot(Phase.READY if ledger and self._may_be_absent(request, ledger) else Phase.GONE)
        phase = bedrock_calls.phase_of(found)
        if phase is Phase.READY and wanted.alias:
            publish_capacity(self._ssm, wanted.kit_deployment, wanted.alias, found, self._clock())
        return Snapshot(phase)

    def _left_by_a_move(self, wanted: ThroughputProperties) -> "list[Throughput]":
        """A move to another size has two for a while, and may leave one under its commitment: none is forgotten."""
        ledger = self._ledger(wanted)
        names = [bedrock_calls.next_name(wanted.name), ledger.kept if ledger else None]
        found = [bedrock_calls.find(self._bedrock, name) for name in names if name]
        return [item for item in found if item is not None and bedrock_calls.is_ours(self._bedrock, item, wanted)]

    @staticmethod
    def _may_be_absent(request: Request, ledger: Ledger) -> bool:
        return ledger.state == RELEASED or request.request_type == "Update"

    def _reconcile(self, wanted: ThroughputProperties, found: "Throughput") -> Mapping[str, str]:
        """Compares with what exists, not with the old properties: a rollback brings the two swapped."""
        have = (found["desiredModelUnits"], found.get("commitmentDuration"))
        if have != (wanted.model_units, wanted.commitment):
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} has {have[0]} model units and commitment {have[1] or 'none'}, "
                f"wanted {wanted.model_units} and {wanted.commitment or 'none'}: Bedrock cannot change either, and a "
                "second one would be billed beside the first; restore the setting, or see what a move would cost: "
                f"python -m kit capacity migrate {wanted.name}"
            )
        model = model_to_swap_to(self._bedrock, self._ssm, wanted, found, self._clock())
        if model is None:
            return {}
        if ":custom-model/" not in found["desiredModelArn"]:
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} serves {found['desiredModelArn']}, wanted {model}: Bedrock "
                "changes the model of custom models only; restore it, or destroy this stack and deploy it"
            )
        self._bedrock.update_provisioned_model_throughput(
            provisionedModelId=found["provisionedModelArn"], desiredModelId=model
        )
        return {}

    def _withdraw(self, wanted: ThroughputProperties, there: "Sequence[Throughput]") -> None:
        if not wanted.alias:
            return
        arns = [item["provisionedModelArn"] for item in there]
        if not arns:
            published = read_capacity(self._ssm, wanted.kit_deployment, wanted.alias)
            # After a replacement the alias is served by the new throughput: then the parameter is not this one's.
            if published and bedrock_calls.find(self._bedrock, published["target_arn"]) is None:
                json_parameter.remove(self._ssm, parameter_name(wanted.kit_deployment, wanted.alias))
        elif any(withdraw_capacity(self._ssm, wanted.kit_deployment, wanted.alias, arn) for arn in arns):
            ledger = self._note(wanted, RELEASED, "its stack deletes it")
            self._write(wanted, ledger.withdrawn(self._clock()))

    def _is_draining(self, wanted: ThroughputProperties) -> bool:
        ledger = self._ledger(wanted)
        seconds = ledger.seconds_withdrawn(self._clock()) if ledger else None
        return seconds is not None and seconds < DRAIN_SECONDS

    def _require_ours(self, found: "Throughput", wanted: ThroughputProperties) -> None:
        if not bedrock_calls.is_ours(self._bedrock, found, wanted):
            raise ResourceFailedError(
                f"a provisioned throughput named {wanted.name} exists and does not carry the tags "
                f"bedrock-kit:deployment={wanted.kit_deployment} and "
                f"bedrock-kit:resource={wanted.owner}; delete it or choose another name"
            )

    def _ledger(self, wanted: ThroughputProperties) -> Ledger | None:
        return read_ledger(self._ssm, wanted.kit_deployment, wanted.name)

    def _note(self, wanted: ThroughputProperties, state: str, why: str) -> Ledger:
        now = self._clock()
        found = self._ledger(wanted)
        ledger = found or opened(state, why=why, who=WHO, now=now)
        moved = ledger.moved(state, why=why, who=WHO, now=now)
        if state == BOUGHT and (found is None or found.state != BOUGHT):
            moved = replace(moved, purchase=moved.purchase + 1)
        if moved != found:
            self._write(wanted, moved)
        return moved

    def _write(self, wanted: ThroughputProperties, ledger: Ledger) -> None:
        write_ledger(self._ssm, wanted.kit_deployment, wanted.name, ledger)


def _left_to_the_schedule(wanted: ThroughputProperties, model: str | None, now: datetime) -> str:
    """Why nothing is bought by the deploy itself, or an empty text."""
    if model is None:
        return "no model yet"
    if wanted.expires and wanted.expires <= now.date().isoformat():
        return "expired"
    return "waits for its schedule" if wanted.schedule else ""
