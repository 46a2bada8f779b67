"""A custom resource without AWS: its snapshots are scripted, its calls are recorded."""

from collections.abc import Callable, Mapping

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot
from kit_contract.errors import ResourceFailedError


class ScriptedResource:
    """After the last of `snapshots` it is READY, or GONE for a Delete. `before` runs before every call."""

    name_property = "Name"

    def __init__(self, *snapshots: Snapshot) -> None:
        self.snapshots = list(snapshots)
        self.calls: list[str] = []
        self.before: Callable[[str], None] = lambda call: None

    def physical_id(self, request: Request) -> str:
        if not isinstance(request.properties.get("Name"), str):
            raise ResourceFailedError("property Name must be a string")
        return str(request.properties["Name"])

    def create(self, request: Request) -> Mapping[str, str]:
        self._record("create")
        return {"CreatedBy": request.token}

    def update(self, request: Request) -> Mapping[str, str]:
        self._record("update")
        return {}

    def delete(self, request: Request) -> None:
        self._record("delete")

    def describe(self, request: Request) -> Snapshot:
        self._record("describe")
        if self.snapshots:
            return self.snapshots.pop(0)
        return Snapshot(Phase.GONE if request.is_delete else Phase.READY)

    def _record(self, call: str) -> None:
        self.before(call)
        self.calls.append(call)
