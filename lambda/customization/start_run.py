"""Starts a run by content hash: one execution a hash, a new attempt only after one that failed."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from customization import run_names
from customization.jobs_in_progress import stop_jobs

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

CHUNK = 1 << 20
MAX_ATTEMPTS = 20
DONE_OR_UNDER_WAY = {"RUNNING", "SUCCEEDED", "PENDING_REDRIVE"}
FAILED = {"FAILED", "TIMED_OUT", "ABORTED"}
# What S3Uri takes of a key (API reference, S3DataSource): no space, no "=", "+" or "@".
KEY_PATTERN = re.compile(r"[-!_*'().a-zA-Z0-9/]+")


class StartError(Exception):
    """When a run cannot be started; says what was asked for and what to do."""


class RunStarter:
    """The core of the starter; clients are passed in."""

    def __init__(
        self,
        *,
        deployment: str,
        state_machine_arn: str,
        bedrock: "BedrockClient",
        s3: "S3Client",
        ssm: "SSMClient",
        stepfunctions: "SFNClient",
    ) -> None:
        self._deployment = deployment
        self._state_machine_arn = state_machine_arn
        self._bedrock = bedrock
        self._s3 = s3
        self._ssm = ssm
        self._stepfunctions = stepfunctions

    def start(self, customization: str, key: str) -> dict[str, Any]:
        """Start the run that this object and the customization's settings make, unless it was done or is under way."""
        _require_usable(key)
        specification = self._specification(customization)
        sha256 = _sha256(self._object(specification["bucket"], key))
        run = run_names.run_id(specification, sha256)
        run_input = {
            "specification": specification,
            "deployment": self._deployment,
            "run_id": run,
            "key": key,
            "dataset_sha256": sha256,
            "custom_model_name": run_names.custom_model_name(self._deployment, customization, run),
        }
        return self._start_once(f"{customization}-{run}", run, run_input)

    def stop(self, customization: str) -> dict[str, Any]:
        """Stop its executions and jobs that are under way and forget what was promoted; the models stay.

        "in_progress" names jobs that have not ended yet. A customization that comes back is promoted anew from the
        model that its content gave.
        """
        mine = self._running(customization)
        for arn in mine.values():
            self._stepfunctions.stop_execution(executionArn=arn, error="Removed", cause="the customization was removed")
        # DeleteParameters, unlike DeleteParameter, takes it calmly where nothing was ever promoted.
        self._ssm.delete_parameters(Names=[run_names.promoted_parameter(self._deployment, customization)])
        return {"stopped": len(mine), "in_progress": stop_jobs(self._bedrock, self._deployment, customization)}

    def _running(self, customization: str) -> dict[str, str]:
        """Name -> ARN of the customization's executions that are under way."""
        pages = self._stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self._state_machine_arn, statusFilter="RUNNING"
        )
        found = [item for page in pages for item in page["executions"]]
        return {item["name"]: item["executionArn"] for item in found if _belongs(item["name"], customization)}

    def _object(self, bucket: str, key: str) -> BinaryIO:
        try:
            body: Any = self._s3.get_object(Bucket=bucket, Key=key)["Body"]
        except self._s3.exceptions.NoSuchKey:
            raise StartError(f"there is no object s3://{bucket}/{key}; upload it, then start the run") from None
        stream: BinaryIO = body
        return stream

    def _specification(self, customization: str) -> Mapping[str, Any]:
        name = run_names.specification_parameter(self._deployment, customization)
        try:
            value = self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
        except self._ssm.exceptions.ParameterNotFound:
            raise StartError(
                f"{customization!r} is not a customization of {self._deployment}; upload below data/<customization>/ "
                "with a name from deployment.toml"
            ) from None
        specification: Mapping[str, Any] = json.loads(value)
        return specification

    def _start_once(self, name: str, run: str, run_input: Mapping[str, Any]) -> dict[str, Any]:
        for attempt in range(1, MAX_ATTEMPTS + 1):
            attempt_name = name if attempt == 1 else f"{name}-{attempt}"
            arn = self._execution_arn(attempt_name)
            status = self._status(arn)
            if status in DONE_OR_UNDER_WAY:
                return {"execution_arn": arn, "run_id": run, "started": False, "reason": f"this run is {status}"}
            if status is None:
                self._require_idle(run_input["specification"]["customization"], attempt_name)
                return {"execution_arn": arn, "run_id": run, **self._start_execution(attempt_name, run_input, attempt)}
            if status not in FAILED:
                raise StartError(f"execution {arn} has a status this kit does not know: {status}; update the kit")
        raise StartError(f"run {run} failed {MAX_ATTEMPTS} times; see its executions, change the data or the settings")

    def _require_idle(self, customization: str, name: str) -> None:
        """One job at a time: two would both cost, and the older data might be promoted last."""
        others = [arn for other, arn in self._running(customization).items() if other != name]
        for arn in others:
            raise StartError(
                f"{customization} is being trained with other data or settings: wait for it, or stop it (aws "
                f"stepfunctions stop-execution --execution-arn {arn}); then deploy or upload again"
            )

    def _start_execution(self, name: str, run_input: Mapping[str, Any], attempt: int) -> dict[str, Any]:
        """The upload's event and the deploy start the same run within a moment: whoever is second starts nothing."""
        content = json.dumps({**run_input, "execution_name": name}, sort_keys=True)
        try:
            self._stepfunctions.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=content)
        except self._stepfunctions.exceptions.ExecutionAlreadyExists:
            return {"started": False, "reason": "this run was started a moment ago"}
        return {"started": True, "reason": f"attempt {attempt}"}

    def _execution_arn(self, name: str) -> str:
        return self._state_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"

    def _status(self, execution_arn: str) -> str | None:
        try:
            return self._stepfunctions.describe_execution(executionArn=execution_arn)["status"]
        except self._stepfunctions.exceptions.ExecutionDoesNotExist:
            return None


def starts_a_run(key: str) -> bool:
    """Not a note beside the data, nor the folder that the console makes, nor a validation set, which comes along."""
    return key.endswith(".jsonl") and key.split("/")[2:3] != ["validation"]


def customization_of(key: str) -> str:
    """The customization whose data lies under `key`. Raises StartError for a key that is not data."""
    parts = key.split("/")
    if len(parts) < 3 or parts[0] != "data" or not key.endswith(".jsonl"):
        raise StartError(f"{key} is not training data; upload JSON lines as data/<customization>/<name>.jsonl")
    return parts[1]


def _require_usable(key: str) -> None:
    if not KEY_PATTERN.fullmatch(key):
        raise StartError(f"Bedrock takes letters, digits, / and -!_*'(). in a key, got {key!r}; rename the object")


def _belongs(execution_name: str, customization: str) -> bool:
    """Not by prefix alone: the runs of `support-eu` are not those of `support`."""
    run = rf"[0-9a-f]{{{run_names.RUN_ID_LENGTH}}}(-\d+)?"
    return re.fullmatch(f"{re.escape(customization)}-{run}", execution_name) is not None


def _sha256(body: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := body.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
