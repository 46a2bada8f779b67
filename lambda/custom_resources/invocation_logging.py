"""Custom::BedrockInvocationLogging: model invocation logging of this account and Region, of which there is only one.

  Create, Update  nothing is configured, or what is configured writes to this resource's destinations -> put
                  it writes elsewhere, so it is somebody else's -> FAILED; with TakeOver it is kept and replaced
                  Bedrock's test write fails while a new role or policy is not in effect -> tried again for two minutes
  Delete          what is configured is this resource's -> what it replaced is put back; without it, or if its
                  destinations are gone, logging is turned off. Somebody else's stays
  Replacement     never: the physical id is the name of the deployment

The SSM parameter keeps `destinations` (whose configuration is this resource's), `config` (what was put), `before` (what
it replaced, or null) and `refused` (an Update whose rollback must succeed). It is written before each put: a process
that dies between the two forgets nothing.
https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.account import json_parameter
from custom_resources.framework.errors import NotInEffectError
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.aws_errors import VALIDATION, code_of, message_of, says_denied
from kit_contract.errors import ResourceFailedError
from kit_contract.invocation_logging import DATA_TYPES, delivery_flag, destinations, in_words
from kit_contract.parameters import invocation_logging

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient

Config = dict[str, Any]
# "Failed to validate permissions for log group: ..., with role: ...": the test write; the same for a bucket.
NOT_PERMITTED = "validate permissions"


class InvocationLoggingResource:
    name_property = ""

    def __init__(self, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
        self._bedrock = bedrock
        self._ssm = ssm

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('KitDeployment')}-invocation-logging"

    def create(self, request: Request) -> Mapping[str, str]:
        properties, wanted = Properties(request.properties), _config(request.properties)
        kept = json_parameter.read(self._ssm, _parameter(properties)) or {}
        present, before = self._present(), kept.get("before")
        ours = {*destinations(wanted), *kept.get("destinations", [])}
        if present and not set(destinations(present)) <= ours:
            if not properties.boolean("TakeOver"):
                if self._rolls_back(request, kept):
                    return {}
                raise _taken(present, properties.text("KitDeployment"))
            before = present
        record = {"config": wanted, "before": before}
        json_parameter.write(self._ssm, _parameter(properties), {**record, "destinations": sorted(ours)})
        self._put(wanted)
        json_parameter.write(self._ssm, _parameter(properties), {**record, "destinations": destinations(wanted)})
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        properties = Properties(request.properties)
        kept = json_parameter.read(self._ssm, _parameter(properties))
        if kept is None:  # the Create was refused, or this is done
            return
        present = self._present()
        if present and set(destinations(present)) <= set(kept.get("destinations", [])):
            self._restore(kept.get("before"))
        json_parameter.remove(self._ssm, _parameter(properties))

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)

    def _rolls_back(self, request: Request, kept: Mapping[str, Any]) -> bool:
        """Whether this undoes an Update that was refused: it must succeed, and changes nothing, as that one did."""
        if request.request_type != "Update":
            return False
        if kept.get("refused") == _fingerprint(request.old_properties):
            return True
        refused = {**kept, "refused": _fingerprint(request.properties)}
        json_parameter.write(self._ssm, _parameter(Properties(request.properties)), refused)
        return False

    def _present(self) -> Config | None:
        """None if logging is off: Bedrock then answers with nothing, or with a configuration without destinations."""
        found = self._bedrock.get_model_invocation_logging_configuration().get("loggingConfig")
        return dict(found) if found and destinations(found) else None

    def _put(self, config: Config) -> None:
        try:
            self._bedrock.put_model_invocation_logging_configuration(loggingConfig=config)  # type: ignore[arg-type]
        except Exception as error:
            if code_of(error) != VALIDATION or NOT_PERMITTED not in message_of(error):
                raise
            raise NotInEffectError(
                f"Bedrock's test write failed: {message_of(error)} A KMS key's policy must let bedrock.amazonaws.com "
                "generate data keys and logs.REGION.amazonaws.com use it (docs/invocation-logging.md)"
            ) from error

    def _restore(self, before: Config | None) -> None:
        """A deletion must not fail because the bucket or role of the earlier configuration is gone."""
        if before:
            try:
                self._bedrock.put_model_invocation_logging_configuration(loggingConfig=before)  # type: ignore[arg-type]
            except Exception as error:
                if code_of(error) != VALIDATION and not says_denied(error):
                    raise
                print(f"{in_words(before)} cannot be restored, so logging is off: {message_of(error)}")
            else:
                return
        self._bedrock.delete_model_invocation_logging_configuration()


def _taken(present: Config, kit_deployment: str) -> ResourceFailedError:
    return ResourceFailedError(
        f"model invocation logging of this account and Region writes to {in_words(present)}, not to {kit_deployment}'s "
        "destinations; there is one configuration per account and Region, and the kit replaces nobody's unasked. Its "
        "logs contain this deployment's calls, too: leave out [invocation_logging], or set "
        "invocation_logging.take_over = true, which restores it when the section is removed"
    )


def _fingerprint(properties: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(properties, sort_keys=True).encode()).hexdigest()[:16]


def _parameter(properties: Properties) -> str:
    return invocation_logging(properties.text("KitDeployment"))


def _config(given: Mapping[str, Any]) -> Config:
    """LoggingConfig of the properties. Every type of data is told, so that no default of AWS decides."""
    properties, found = Properties(given), Config()
    bucket, log_group = properties.optional_text("Bucket"), properties.optional_text("LogGroup")
    if bucket and properties.boolean("LogToBucket"):
        found["s3Config"] = _s3_config(bucket, properties.optional_text("Prefix"))
    if log_group:
        found["cloudWatchConfig"] = {"logGroupName": log_group, "roleArn": properties.text("RoleArn")}
        if bucket:
            large = _s3_config(bucket, properties.optional_text("LargeDataPrefix"))
            found["cloudWatchConfig"]["largeDataDeliveryS3Config"] = large
    if not found:
        raise ResourceFailedError("properties Bucket and LogGroup are absent: logs go nowhere; correct the template")
    data = properties.texts("DataTypes")
    if unknown := set(data) - set(DATA_TYPES):
        allowed = ", ".join(DATA_TYPES)
        raise ResourceFailedError(f"property DataTypes allows {allowed}, got {', '.join(sorted(unknown))}")
    return {**found, **{delivery_flag(kind): kind in data for kind in DATA_TYPES}}


def _s3_config(bucket: str, prefix: str | None) -> dict[str, str]:
    return {"bucketName": bucket, **({"keyPrefix": prefix} if prefix else {})}
