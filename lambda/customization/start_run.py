"""Starts a run by content hash: one execution a hash, a new attempt only after one that failed."""

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, BinaryIO

from customization import run_names

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

CHUNK = 1 << 20
MAX_ATTEMPTS = 20
DONE_OR_UNDER_WAY = {"RUNNING", "SUCCEEDED", "PENDING_REDRIVE"}


class StartError(Exception):
    """When a run cannot be started; says what was asked for and what to do."""


class RunStarter:
    """The core of the starter; clients are passed in."""

    def __init__(
        self, *, deployment: str, state_machine_arn: str, s3: "S3Client", ssm: "SSMClient", stepfunctions: "SFNClient"
    ) -> None:
        self._deployment = deployment
        self._state_machine_arn = state_machine_arn
        self._s3 = s3
        self._ssm = ssm
        self._stepfunctions = stepfunctions

    def start(self, customization: str, key: str) -> dict[str, Any]:
        """Start the run that this object and the customization's settings make, unless it was done or is under way."""
        specification = self._specification(customization)
        body = self._s3.get_object(Bucket=specification["bucket"], Key=key)["Body"]
        sha256 = _sha256(body)  # type: ignore[arg-type]
        run = run_names.run_id(specification, sha256)
        run_input = {
            "specification": specification,
            "deployment": self._deployment,
            "run_id": run,
            "key": key,
            "custom_model_name": run_names.custom_model_name(self._deployment, customization, run),
        }
        return self._start_once(f"{customization}-{run}", run, run_input)

    def stop(self, customization: str) -> dict[str, Any]:
        """Stop the customization's executions that are under way; Step Functions stops their jobs."""
        pages = self._stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self._state_machine_arn, statusFilter="RUNNING"
        )
        mine = [item for page in pages for item in page["executions"] if _belongs(item["name"], customization)]
        for item in mine:
            self._stepfunctions.stop_execution(
                executionArn=item["executionArn"], error="Removed", cause="the customization was removed"
            )
        return {"stopped": len(mine)}

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
                self._start_execution(attempt_name, run_input)
                return {"execution_arn": arn, "run_id": run, "started": True, "reason": f"attempt {attempt}"}
        raise StartError(f"run {run} failed {MAX_ATTEMPTS} times; see its executions, change the data or the settings")

    def _start_execution(self, name: str, run_input: Mapping[str, Any]) -> None:
        """A name and input that another start (the upload's event, the deploy) used a moment ago start nothing new."""
        content = json.dumps({**run_input, "execution_name": name}, sort_keys=True)
        self._stepfunctions.start_execution(stateMachineArn=self._state_machine_arn, name=name, input=content)

    def _execution_arn(self, name: str) -> str:
        return self._state_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"

    def _status(self, execution_arn: str) -> str | None:
        try:
            return self._stepfunctions.describe_execution(executionArn=execution_arn)["status"]
        except self._stepfunctions.exceptions.ExecutionDoesNotExist:
            return None


def customization_of(key: str) -> str:
    """The customization whose data lies under `key`. Raises StartError for a key that is not data."""
    parts = key.split("/")
    if len(parts) < 3 or parts[0] != "data" or not key.endswith(".jsonl"):
        raise StartError(f"{key} is not training data; upload JSON lines as data/<customization>/<name>.jsonl")
    return parts[1]


def _belongs(execution_name: str, customization: str) -> bool:
    rest = execution_name.removeprefix(f"{customization}-")
    return rest != execution_name and len(rest.split("-")[0]) == run_names.RUN_ID_LENGTH


def _sha256(body: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := body.read(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
