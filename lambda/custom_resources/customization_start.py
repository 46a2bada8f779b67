"""Custom::BedrockCustomizationStart: tells the training workflow's starter about a dataset and its settings.

  Create, Update  invoke the starter with {"customization", "key"}: it starts a run, or finds that this run was done
                  before, and returns at once -> READY. The training is not awaited.
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

if TYPE_CHECKING:
    from collections.abc import Callable

    # boto3's Lambda client, narrowed to the one method in use: the kit does not install its type stubs.
    Invoke = Callable[..., Mapping[str, Any]]


class CustomizationStartResource:
    name_property = ""

    def __init__(self, invoke: "Invoke") -> None:
        self._invoke = invoke

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('Customization')}-start"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("SpecHash")  # required but not sent: its change is what causes the Update
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
        """`describe` stops the jobs: the starter's answer to that says which ones are left."""

    def describe(self, request: Request) -> Snapshot:
        if not request.is_delete:
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
            raise ResourceFailedError(f"the starter of customization {payload['customization']} failed: {message}")
        return body if isinstance(body, dict) else {}
