"""Custom::BedrockCustomizationStart: tells the training workflow's starter that a dataset and its settings are there.

  Create, Update  invoke the starter with {"customization", "key"}: it starts a run, or finds that this very run was
                  done already, and returns at once -> READY. Training is never waited for.
  Delete          invoke the starter with {"customization", "stop": true} until no job of the customization is in
                  progress -> GONE; what a job had finished by then stays, it is data (a starter that is gone is fine)

The starter is idempotent by the run's content hash: a repeated request, a rollback included, starts nothing twice.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.lifecycle import Phase, Request, ResourceFailedError, Snapshot, error_code
from custom_resources.framework.properties import Properties

if TYPE_CHECKING:
    from collections.abc import Callable

    # boto3's Lambda client, narrowed to its one method in use (the kit does not install its type stubs)
    Invoke = Callable[..., Mapping[str, Any]]


class CustomizationStartResource:
    name_property = ""

    def __init__(self, invoke: "Invoke") -> None:
        self._invoke = invoke

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('Customization')}-start"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("SpecHash")  # not sent: the starter hashes what it reads; its change is what causes the Update
        answer = self._call(
            properties.text("StarterFunctionName"),
            {"customization": properties.text("Customization"), "key": properties.text("DataKey")},
        )
        return {
            "ExecutionArn": str(answer.get("execution_arn") or ""),
            "RunId": str(answer.get("run_id") or ""),
            "Started": str(bool(answer.get("started"))).lower(),
        }

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """Stopping is a part of describe: the starter's one answer tells what is left."""

    def describe(self, request: Request) -> Snapshot:
        if request.request_type != "Delete":
            return Snapshot(Phase.READY)
        properties = Properties(request.properties)
        payload = {"customization": properties.text("Customization"), "stop": True}
        try:
            left = self._call(properties.text("StarterFunctionName"), payload).get("in_progress", [])
        except Exception as error:
            if error_code(error) != "ResourceNotFoundException":
                raise
            return Snapshot(Phase.GONE)
        jobs = ", ".join(str(arn) for arn in left)
        return Snapshot(Phase.IN_PROGRESS, waiting_for=f"still stopping {jobs}") if left else Snapshot(Phase.GONE)

    def _call(self, function_name: str, payload: Mapping[str, object]) -> Mapping[str, Any]:
        answer = self._invoke(
            FunctionName=function_name, InvocationType="RequestResponse", Payload=json.dumps(payload).encode()
        )
        body = json.loads(answer["Payload"].read() or b"{}")
        if answer.get("FunctionError"):
            message = body.get("errorMessage", "no reason given") if isinstance(body, dict) else body
            raise ResourceFailedError(f"the customization {payload['customization']} was refused: {message}")
        return body if isinstance(body, dict) else {}
