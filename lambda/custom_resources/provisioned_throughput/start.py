"""Custom::BedrockCapacityStart: wakes the controller at the end of a deploy that changed its settings.

Create, Update  invoke the controller asynchronously, so that the schedule applies from the deploy on and not from the
                next tick -> READY. Its errors are its own: it has retries and an alarm.
Delete          nothing -> GONE
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable

    # boto3's Lambda client, narrowed to the one method in use: the kit does not install its type stubs.
    Invoke = Callable[..., Mapping[str, Any]]


class ProvisionedThroughputStartResource:
    name_property = ""

    def __init__(self, invoke: "Invoke") -> None:
        self._invoke = invoke

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('KitDeployment')}-capacity-start"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("SettingsHash")  # required but not sent: its change is what causes the Update
        self._invoke(
            FunctionName=properties.text("FunctionName"),
            InvocationType="Event",
            Payload=json.dumps({"action": "reconcile", "who": "cloudformation"}).encode(),
        )
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """There is nothing to delete."""

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)
