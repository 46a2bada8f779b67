"""What a custom resource implements."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from custom_resources.framework.request import Request


class Phase(Enum):
    IN_PROGRESS = "in progress"
    READY = "ready"
    GONE = "gone"


@dataclass(frozen=True)
class Snapshot:
    """The resource as `describe` found it.

    `attributes` are what Fn::GetAtt returns, once the phase is READY. `waiting_for` tells the user what is missing if
    the time runs out.
    """

    phase: Phase
    attributes: Mapping[str, str] = field(default_factory=dict)
    waiting_for: str = ""


class AsyncResource(Protocol):
    """Every method is idempotent: the framework may call it again with the same request at any time.

    `name_property` is the property that is the physical id, or empty if the id has no property of its own.
    """

    name_property: str

    def physical_id(self, request: Request) -> str:
        """The stable name that the properties define. Another name on Update is a replacement."""
        ...

    def create(self, request: Request) -> Mapping[str, str]:
        """Start the creation, and return the attributes that are known already."""
        ...

    def update(self, request: Request) -> Mapping[str, str]: ...

    def delete(self, request: Request) -> None:
        """Start the deletion. A resource that is absent, busy or not the kit's is not an error: it is called again."""
        ...

    def describe(self, request: Request) -> Snapshot: ...
