"""Custom::BedrockCapacityStart: wakes the function that buys and releases throughput, once its settings are there.

Create, Update  invoke it asynchronously: what the schedule wants begins with the deploy, not with the next tick;
                it is not waited for -> READY. An error there is the function's own, with its retries and its alarm
Delete          nothing -> GONE
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from custom_resources.framework.lifecycle import Phase, Request, Snapshot
from custom_resources.framework.properties import Properties

if TYPE_CHECKING:
    from collections.abc import Callable

    # boto3's Lambda client, narrowed to its one method in use (the kit does not install its type stubs)
    Invoke = Callable[..., Mapping[str, Any]]


class ProvisionedThroughputStartResource:
    name_property = ""

    def __init__(self, invoke: "Invoke") -> None:
        self._invoke = invoke

    def physical_id(self, request: Request) -> str:
        return f"{Properties(request.properties).text('KitDeployment')}-capacity-start"

    def create(self, request: Request) -> Mapping[str, str]:
        properties = Properties(request.properties)
        properties.text("SettingsHash")  # not sent: its change is what causes the Update
        self._invoke(
            FunctionName=properties.text("FunctionName"),
            InvocationType="Event",
            Payload=json.dumps({"action": "reconcile", "who": "cloudformation"}).encode(),
        )
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        """Nothing was made."""

    def describe(self, request: Request) -> Snapshot:
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)
