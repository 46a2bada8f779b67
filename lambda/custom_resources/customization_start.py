"""Custom::BedrockCustomizationStart: tells the training workflow's starter about a dataset and its settings.

  Create, Update  invoke the starter with {"customization", "key"}: it starts a run, or finds that the alias is served
                  by this run's model. A training is not awaited -> READY
                  A run that trains nothing is awaited: what it replaces is deleted after this resource is READY.
                  FAILED: a Create reports the run's failure; an Update, which CloudFormation would roll back to the
                  same failure, is READY and says so in Outcome
  Delete          invoke the starter with {"customization", "stop": true} until no job of the customization is in
                  progress -> GONE. Models that were finished by then are data and stay. A deleted starter is fine.

The starter identifies a run by its content hash: a repeated request or a rollback starts nothing twice.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.errors import ResourceFailedError
from kit_contract.run_events import NOT_SERVED

if TYPE_CHECKING:
    from collections.abc import Callable

    # boto3's Lambda client, narrowed to the one method in use: the kit does not install its type stubs.
    Invoke = Callable[..., Mapping[str, Any]]


OUTCOME_LENGTH = 1000  # an answer to CloudFormation can have 4,096 bytes


class CustomizationStartResource:
    name_property = ""

    def __init__(self, invoke: "Invoke") -> None:
        self._invoke = invoke
        self._answer: Mapping[str, Any] | None = None

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('Customization')}-start"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("SpecHash")  # required but not sent: its change is what causes the Update
        payload: dict[str, object] = {
            "customization": properties.text("Customization"),
            "key": properties.text("DataKey"),
        }
        if properties.boolean("Retrain"):
            payload["retrain"] = True
        if properties.boolean("RetryFailed"):
            payload["retry"] = True
        self._answer = self._call(properties.text("StarterFunctionName"), payload)
        return _attributes(self._answer)

    def update(self, request: Request) -> Mapping[str, str]:
        """A deploy that changes nothing of the run fails for nothing that was there before."""
        try:
            return self.create(request)
        except ResourceFailedError as error:
            if _settings(request.properties) != _settings(request.old_properties):
                raise
            self._answer = {"reason": f"{NOT_SERVED}{error}"}
            return _attributes(self._answer)

    def delete(self, request: Request) -> None:
        """`describe` stops the jobs: the starter's answer to that says which ones are left."""

    def describe(self, request: Request) -> Snapshot:
        properties = Properties(request.properties)
        if not request.is_delete:
            return self._describe_run(request, properties.text("StarterFunctionName"))
        payload = {"customization": properties.text("Customization"), "stop": True}
        try:
            left = self._call(properties.text("StarterFunctionName"), payload).get("in_progress", [])
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return Snapshot(Phase.GONE)
        jobs = ", ".join(str(arn) for arn in left)
        return Snapshot(Phase.IN_PROGRESS, waiting_for=f"still stopping {jobs}") if left else Snapshot(Phase.GONE)

    def _describe_run(self, request: Request, starter: str) -> Snapshot:
        if self._answer is None:  # another invocation started it: this is its successor
            self.create(request)
        answer = self._answer or {}
        if not answer.get("promotes"):
            return Snapshot(Phase.READY, _attributes(answer))
        execution = self._call(starter, {"execution_arn": answer["execution_arn"]})
        if execution["status"] == "SUCCEEDED":
            return Snapshot(Phase.READY, _attributes(answer))
        if execution["status"] == "RUNNING":
            return Snapshot(Phase.IN_PROGRESS, waiting_for=f"execution {answer['execution_arn']} promotes the model")
        outcome = f"{NOT_SERVED}execution {answer['execution_arn']} {execution['status']}: {execution['cause']}"
        if request.request_type == "Create":
            raise ResourceFailedError(outcome)
        return Snapshot(Phase.READY, _attributes({**answer, "reason": outcome}))

    def _call(self, function_name: str, payload: Mapping[str, object]) -> Mapping[str, Any]:
        answer = self._invoke(
            FunctionName=function_name, InvocationType="RequestResponse", Payload=json.dumps(payload).encode()
        )
        body = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            message = body.get("errorMessage", "no reason given") if isinstance(body, dict) else body
            raise ResourceFailedError(
                f"the starter of customization {payload.get('customization', '')} failed: {message}"
            )
        return body if isinstance(body, dict) else {}


def _attributes(answer: Mapping[str, Any]) -> dict[str, str]:
    """Stack outputs show them, and an output cannot be empty."""
    return {
        "ExecutionArn": str(answer.get("execution_arn") or "none"),
        "RunId": str(answer.get("run_id") or "none"),
        "Started": str(bool(answer.get("started"))).lower(),
        "Outcome": str(answer.get("reason") or "none")[:OUTCOME_LENGTH],
    }


def _settings(properties: Mapping[str, Any]) -> dict[str, Any]:
    """What of the properties changes the run."""
    return {key: value for key, value in properties.items() if key not in ("Restore", "Retrain", "RetryFailed")}
