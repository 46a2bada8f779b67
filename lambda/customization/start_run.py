"""Starts a run: one execution for a content hash, and another one when that failed or when its model does not serve.

What serves is looked at, not remembered: settings, deployments, parameters and models change without this function.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from customization.dataset_content import content_sha256, with_validation_set
from customization.earlier_attempts import FAILED, RUNNING, require_hope
from customization.earlier_attempts import StartError as StartError  # for callers
from customization.earlier_jobs import why_not_again
from customization.evaluation_gate import Gate, GateResult, gate_result
from customization.existing_model import find_model
from customization.held_back import why_held_back
from customization.jobs_in_progress import stop_jobs
from customization.start_turn import take_turn
from customization.superseded import require_idle
from customization.what_serves import awaits_checks, is_promoted, last_promotion
from kit_contract import parameters, run_names
from kit_contract.evaluations import KEPT
from kit_contract.fine_tuning import JOBS_FOLDER
from kit_contract.run_events import HELD_BACK, FollowResult, StartResult, StopResult
from kit_contract.runs import Run, RunSpecification, new_run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient
    from mypy_boto3_stepfunctions import SFNClient

# The pattern of S3Uri (API reference, S3DataSource) excludes spaces, "=", "+" and "@".
KEY_PATTERN = re.compile(r"[-!_*'().a-zA-Z0-9/]+")


class RunStarter:
    """The core of the starter; clients are passed in."""

    def __init__(
        self,
        *,
        kit_deployment: str,
        state_machine_arn: str,
        bedrock: "BedrockClient",
        s3: "S3Client",
        ssm: "SSMClient",
        stepfunctions: "SFNClient",
    ) -> None:
        self.kit_deployment = kit_deployment
        self._state_machine_arn = state_machine_arn
        self._bedrock = bedrock
        self._s3 = s3
        self._ssm = ssm
        self._stepfunctions = stepfunctions

    def start(
        self,
        customization: str,
        key: str,
        *,
        uploaded_at: str = "",
        retrain: bool = False,
        retry: bool = False,
        run_id: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> StartResult:
        """Start the run of this object under the current settings, unless it is running or its model serves.

        `uploaded_at`: an event's time. A late event of data that was replaced since does not bring back its model.
        `retrain`: a model that was deleted may be paid for again; `retry`: a job that failed, as after an upload.
        `run_id`: no other run may be started. `changes`: fields of the specification.
        """
        _require_usable(key)
        specification = self.specification(customization)
        found = self._object(specification.bucket, key)
        specification = replace(with_validation_set(specification, found), **(changes or {}))
        sha256 = content_sha256(found["Body"], specification.bucket)
        run = new_run(specification, kit_deployment=self.kit_deployment, key=key, dataset_sha256=sha256)
        if run_id not in ("", run.run_id):
            raise StartError(
                f"run {run_id} had other data or settings than those that are deployed now, which give run "
                f"{run.run_id}; deploy the former again, or start the new run with a deploy"
            )
        return self._start_once(run, uploaded_at, retrain=retrain, retry=retry or bool(uploaded_at))

    def follow(self, execution_arn: str) -> FollowResult:
        execution = self._stepfunctions.describe_execution(executionArn=execution_arn)
        return {"status": execution["status"], "cause": execution.get("cause", "")}

    def stop(self, customization: str) -> StopResult:
        """Stop its running executions and jobs and forget the promoted model. The models stay.

        A customization that you add again is promoted again from the model of its content. A run that another
        customization waits for goes on: it is this one under its new name, or a copy.
        """
        executions = self._executions()
        running = {name: arn for name, arn in executions.items() if run_names.is_execution_of(name, customization)}
        awaited = {run_names.run_of(name) for name in executions.keys() - running.keys()}
        running = {name: arn for name, arn in running.items() if run_names.run_of(name) not in awaited}
        for arn in running.values():
            self.stop_execution(arn, "the customization was removed", error="Removed")
        # DeleteParameters, unlike DeleteParameter, accepts a name that does not exist.
        self._ssm.delete_parameters(Names=[parameters.customization_promoted(self.kit_deployment, customization)])
        return {
            "stopped": len(running),
            "in_progress": stop_jobs(self._bedrock, self.kit_deployment, customization, awaited),
        }

    def stop_execution(self, arn: str, cause: str, *, error: str = "Superseded") -> None:
        self._stepfunctions.stop_execution(executionArn=arn, error=error, cause=cause)

    def running(self, customization: str) -> dict[str, str]:
        """Name -> ARN of the customization's running executions."""
        found = self._executions()
        return {name: arn for name, arn in found.items() if run_names.is_execution_of(name, customization)}

    def _executions(self) -> dict[str, str]:
        """Name -> ARN of the running executions of all customizations."""
        pages = self._stepfunctions.get_paginator("list_executions").paginate(
            stateMachineArn=self._state_machine_arn, statusFilter="RUNNING"
        )
        return {item["name"]: item["executionArn"] for page in pages for item in page["executions"]}

    def _object(self, bucket: str, key: str) -> Mapping[str, Any]:
        try:
            return self._s3.get_object(Bucket=bucket, Key=key)
        except self._s3.exceptions.NoSuchKey:
            raise StartError(f"no object s3://{bucket}/{key}; upload it, then start the run") from None

    def specification(self, customization: str) -> RunSpecification:
        name = parameters.customization_specification(self.kit_deployment, customization)
        try:
            value = self._ssm.get_parameter(Name=name)["Parameter"]["Value"]
        except self._ssm.exceptions.ParameterNotFound:
            raise StartError(
                f"{customization!r} is not a customization of {self.kit_deployment}; upload to data/<customization>/ "
                "with a name from deployment.toml"
            ) from None
        return RunSpecification.from_json(json.loads(value))

    def _start_once(self, run: Run, uploaded_at: str, *, retrain: bool, retry: bool) -> StartResult:
        executions = self.attempts(run)
        attempts = [status for status, _ in executions]
        latest, began = executions[-1] if executions else (None, "")
        model = find_model(run, self._bedrock)
        model_arn = model.arn if model else None
        evaluated = gate_result(run, model_arn, s3=self._s3, ssm=self._ssm, bedrock=self._bedrock)
        ready = model is not None and model.is_active and evaluated.gate is Gate.OPEN
        promotes = bool(ready and model_arn and not awaits_checks(run, model_arn, self._ssm))
        result: StartResult = {"started": False, "reason": "", "run_id": run.run_id, "promotes": promotes}
        if latest and not (model and latest in FAILED):  # the deploy does not follow a failure of what serves
            result["execution_arn"] = self.execution_arn(self._name(run, len(attempts)))
        if latest in RUNNING:
            return {**result, "reason": f"this run is {latest}", "promotes": promotes and latest == "RUNNING"}
        if model and is_promoted(run, model.arn, bedrock=self._bedrock, ssm=self._ssm):
            return {**result, "reason": f"{run.specification.alias} is served by this run's model", "promotes": False}
        if model and (reason := self._decision_against(run, evaluated)):
            return {**result, "reason": reason}
        if (
            latest == "SUCCEEDED"
            and uploaded_at
            and uploaded_at <= last_promotion(run, self._ssm).get("promoted_at", "")
        ):
            return {**result, "reason": "the event is older than the last promotion", "promotes": False}
        if uploaded_at and latest in FAILED and uploaded_at <= began:  # it came twice, or late
            return {**result, "reason": "the event is older than the last attempt", "promotes": False}
        if model is None and (reason := why_not_again(run, self._bedrock, retrain=retrain, retry=retry)):
            return {**result, "reason": reason}
        require_hope(run, attempts)
        return {**result, **self._start_attempt(run, len(attempts) + 1, promotes=promotes)}

    def _decision_against(self, run: Run, evaluated: GateResult) -> str:
        """Why the model is not promoted although nothing is wrong; empty if it is."""
        if evaluated.gate is Gate.CLOSED:
            return f"{KEPT}{evaluated.reason}"
        held = why_held_back(self._ssm, run)
        return f"{HELD_BACK}{held}; to serve it all the same: kit runs promote {run.run_id}" if held else ""

    def _start_attempt(self, run: Run, attempt: int, *, promotes: bool) -> StartResult:
        name = self._name(run, attempt)
        running = self.running(run.specification.customization)
        stopped = require_idle(run, name, running, ssm=self._ssm, stop=self.stop_execution)
        take_turn(run, name, s3=self._s3, status=self._status_of, given_way=stopped, now=datetime.now(UTC))
        started = self.start_execution(replace(run, execution_name=name))
        reason = f"attempt {attempt}" if started else "this run was started a moment ago"
        if promotes:
            reason += ": the model exists and is promoted"
        return {"started": started, "reason": reason, "execution_arn": self.execution_arn(name)}

    def attempts(self, run: Run) -> list[tuple[str, str]]:
        """(status, when it began) of the run's executions, the first attempt first."""
        found: list[tuple[str, str]] = []
        while execution := self._status(self.execution_arn(self._name(run, len(found) + 1))):
            found.append(execution)
        return found

    @staticmethod
    def _name(run: Run, attempt: int) -> str:
        return run_names.execution_name(run.specification.customization, run.run_id, attempt)

    def start_execution(self, run: Run) -> bool:
        """False if it exists: a deploy's upload and its request start the same run within a moment."""
        content = json.dumps(run.to_json(), sort_keys=True)
        try:
            self._stepfunctions.start_execution(
                stateMachineArn=self._state_machine_arn, name=run.execution_name, input=content
            )
        except self._stepfunctions.exceptions.ExecutionAlreadyExists:
            return False
        return True

    def execution_arn(self, name: str) -> str:
        return self._state_machine_arn.replace(":stateMachine:", ":execution:") + f":{name}"

    def _status_of(self, name: str) -> str | None:
        found = self._status(self.execution_arn(name))
        return found[0] if found else None

    def _status(self, execution_arn: str) -> tuple[str, str] | None:
        try:
            found = self._stepfunctions.describe_execution(executionArn=execution_arn)
        except self._stepfunctions.exceptions.ExecutionDoesNotExist:
            return None
        return found["status"], found["startDate"].astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def starts_a_run(key: str) -> bool:
    """True for training data: not for other files, the console's folder objects, other sets, or data of jobs."""
    other = (run_names.VALIDATION, run_names.EVALUATION, JOBS_FOLDER)
    return key.endswith(".jsonl") and key.split("/")[2:3] not in [[folder] for folder in other]


def customization_of(key: str) -> str:
    """The customization in `data/<customization>/<name>.jsonl`. Raises StartError for any other key."""
    parts = key.split("/")
    if len(parts) < 3 or not key.startswith(run_names.DATA) or not key.endswith(".jsonl"):
        raise StartError(f"{key} is not training data; upload JSON lines as data/<customization>/<name>.jsonl")
    return parts[1]


def _require_usable(key: str) -> None:
    if not KEY_PATTERN.fullmatch(key):
        raise StartError(f"a key must consist of letters, digits, / and -!_*'()., got {key!r}; rename the object")
