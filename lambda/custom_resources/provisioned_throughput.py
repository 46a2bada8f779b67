"""Custom::BedrockProvisionedThroughput: model units that are billed by the hour from creation to deletion.

  Create  CreateProvisionedModelThroughput -> Creating -> InService | Failed
          one of that name that carries our tags is adopted (a Create that died), any other one is refused
  Update  custom model changed: UpdateProvisionedModelThroughput, same ARN -> Updating -> InService | Failed
          ModelUnits, CommitmentDuration or a foundation model changed: refused, Bedrock cannot change them
          ProvisionedModelName changed: replacement
  Delete  the alias's serving parameter first, then the throughput -> GONE
          under a commitment: FAILED at once with the day it ends; while Creating or Updating: asked again

With Alias the serving parameter is published once InService (unless it points here already: promotion wrote it).
The physical id is the name. All operations may be called twice: the token is CloudFormation's request id, and no
second throughput is bought where one of ours exists.
API: https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateProvisionedModelThroughput.html
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from custom_resources.lifecycle import Phase, Request, ResourceFailedError, Snapshot, error_code
from custom_resources.ownership import carries, ownership, tag_list
from custom_resources.serving_parameter import publish_serving, read_serving, withdraw_serving
from custom_resources.throughput_model import ThroughputProperties, custom_model_run, is_same_model, wanted_model

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_bedrock.type_defs import CreateProvisionedModelThroughputRequestTypeDef as CreateRequest
    from mypy_boto3_bedrock.type_defs import GetProvisionedModelThroughputResponseTypeDef as Throughput
    from mypy_boto3_ssm import SSMClient

PHASES = {"Creating": Phase.IN_PROGRESS, "InService": Phase.READY, "Updating": Phase.IN_PROGRESS, "Failed": None}
KIND = "provisioned-throughput"


class ProvisionedThroughputResource:
    def __init__(self, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
        self._bedrock = bedrock
        self._ssm = ssm

    def physical_id(self, request: Request) -> str:
        return ThroughputProperties.of(request).name

    def create(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        found = self._find(wanted.name)
        if found is not None:
            return self._converge(wanted, found)
        order: CreateRequest = {
            "provisionedModelName": wanted.name,
            "modelId": wanted_model(self._bedrock, self._ssm, wanted),
            "modelUnits": wanted.model_units,
            "tags": tag_list(ownership(wanted.kit_deployment, alias=wanted.alias, resource=wanted.owner)),
            "clientRequestToken": request.token,
        }
        if wanted.commitment:
            order["commitmentDuration"] = wanted.commitment
        self._bedrock.create_provisioned_model_throughput(**order)
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        wanted = ThroughputProperties.of(request)
        found = self._find(wanted.name)
        if found is None:
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} was deleted outside CloudFormation; an update buys no new one: "
                "destroy the stack and deploy it again"
            )
        return self._converge(wanted, found)

    def delete(self, request: Request) -> None:
        wanted = ThroughputProperties.of(request)
        found = self._find(wanted.name)
        if found is not None and not self._ours(found, wanted):
            return
        if found is not None and _is_committed(found):
            raise ResourceFailedError(_committed(found))
        self._withdraw(wanted, found)
        if found is not None:
            self._ask_delete(found)

    def describe(self, request: Request) -> Snapshot:
        wanted = ThroughputProperties.of(request)
        found = self._find(wanted.name)
        if request.request_type == "Delete":
            gone = found is None or not self._ours(found, wanted)
            return Snapshot(Phase.GONE if gone else Phase.IN_PROGRESS)
        if found is None:
            return Snapshot(Phase.GONE)
        phase = _phase(found)
        if phase is Phase.READY and wanted.alias:
            self._publish(wanted, wanted.alias, found)
        return Snapshot(phase, {"ProvisionedModelArn": found["provisionedModelArn"]})

    def _converge(self, wanted: ThroughputProperties, found: "Throughput") -> Mapping[str, str]:
        """Compares with what exists, not with the old properties: a rollback brings the two swapped."""
        if not self._ours(found, wanted):
            raise ResourceFailedError(
                f"a provisioned throughput named {wanted.name} exists and does not carry the tags "
                f"bedrock-kit:deployment={wanted.kit_deployment} and "
                f"bedrock-kit:resource={wanted.owner}; delete it or choose another name"
            )
        have = (found["desiredModelUnits"], found.get("commitmentDuration"))
        if have != (wanted.model_units, wanted.commitment):
            raise ResourceFailedError(
                f"provisioned throughput {wanted.name} has {have[0]} model units and commitment {have[1] or 'none'}, "
                f"wanted {wanted.model_units} and {wanted.commitment or 'none'}: Bedrock cannot change either, and a "
                "second one would be billed beside the first; restore the setting, or destroy this stack and deploy it"
            )
        model = wanted_model(self._bedrock, self._ssm, wanted)
        if is_same_model(found["desiredModelArn"], model):
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

    def _ask_delete(self, found: "Throughput") -> None:
        try:
            self._bedrock.delete_provisioned_model_throughput(provisionedModelId=found["provisionedModelArn"])
        except Exception as error:
            busy = found["status"] in ("Creating", "Updating")
            if error_code(error) == "ConflictException" and not busy:
                raise ResourceFailedError(f"{_committed(found)} ({error})") from None
            if error_code(error) not in ("ConflictException", "ResourceNotFoundException"):
                raise

    def _publish(self, wanted: ThroughputProperties, alias: str, found: "Throughput") -> None:
        serving = read_serving(self._ssm, wanted.kit_deployment, alias)
        if serving is not None and serving.get("target_arn") == found["provisionedModelArn"]:
            return
        custom_model_arn = found["modelArn"] if ":custom-model/" in found["modelArn"] else ""
        publish_serving(
            self._ssm,
            wanted.kit_deployment,
            alias,
            {
                "target_arn": found["provisionedModelArn"],
                "kind": KIND,
                "custom_model_arn": custom_model_arn,
                "base_model": found["foundationModelArn"].rpartition("/")[2],
                "run_id": custom_model_run(self._bedrock, custom_model_arn) if custom_model_arn else "",
            },
        )

    def _withdraw(self, wanted: ThroughputProperties, found: "Throughput | None") -> None:
        serving = read_serving(self._ssm, wanted.kit_deployment, wanted.alias) if wanted.alias else None
        if not wanted.alias or serving is None or serving.get("kind") != KIND:
            return
        # After a replacement the alias is served by the new throughput: then the parameter is not this one's.
        target_arn = serving["target_arn"]
        mine = found["provisionedModelArn"] == target_arn if found else self._find(target_arn) is None
        if mine:
            withdraw_serving(self._ssm, wanted.kit_deployment, wanted.alias)

    def _ours(self, found: "Throughput", wanted: ThroughputProperties) -> bool:
        marks = ownership(wanted.kit_deployment, resource=wanted.owner)
        return carries(self._bedrock, found["provisionedModelArn"], marks)

    def _find(self, identifier: str) -> "Throughput | None":
        try:
            return self._bedrock.get_provisioned_model_throughput(provisionedModelId=identifier)
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return None


def _phase(found: "Throughput") -> Phase:
    status, name = found["status"], found["provisionedModelName"]
    if status not in PHASES:
        raise ResourceFailedError(f"provisioned throughput {name} has the unknown status {status}; update the kit")
    phase = PHASES[status]
    if phase is None:
        message = found.get("failureMessage", "no reason given")
        raise ResourceFailedError(f"provisioned throughput {name} is {status}: {message}")
    return phase


def _is_committed(found: "Throughput") -> bool:
    end = found.get("commitmentExpirationTime")
    return bool(found.get("commitmentDuration")) and end is not None and end > datetime.now(UTC)


def _committed(found: "Throughput") -> str:
    end = found.get("commitmentExpirationTime")
    return (
        f"provisioned throughput {found['provisionedModelName']} cannot be deleted before its commitment ends on "
        f"{end.isoformat() if end else 'a day that Bedrock does not tell'}; it is billed until then. Destroy the "
        "stack after that day, or skip this resource (cdk destroy, then retain) and delete it then"
    )
