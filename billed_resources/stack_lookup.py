"""Asks CloudFormation whether a stack, or a resource of it, still exists. If it cannot be asked, that is unknown."""

from enum import Enum
from typing import TYPE_CHECKING

from botocore.exceptions import BotoCoreError, ClientError

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


class Existence(Enum):
    ALIVE = "alive"
    GONE = "gone"
    UNKNOWN = "unknown"


class StackLookup:
    """Caches its answers: create a new one to ask again."""

    def __init__(self, cloudformation: "CloudFormationClient") -> None:
        self._cloudformation = cloudformation
        self._stacks: dict[str, Existence] = {}
        self._resources: dict[tuple[str, str], Existence] = {}

    def stack(self, name: str) -> Existence:
        if name not in self._stacks:
            self._stacks[name] = self._look_at_stack(name)
        return self._stacks[name]

    def resource(self, stack: str, logical_id: str) -> Existence:
        """A resource that the stack retained (DELETE_SKIPPED) no longer belongs to it."""
        if self.stack(stack) is not Existence.ALIVE:
            return self.stack(stack)
        key = (stack, logical_id)
        if key not in self._resources:
            self._resources[key] = self._look_at_resource(stack, logical_id)
        return self._resources[key]

    def _look_at_stack(self, name: str) -> Existence:
        try:
            stacks = self._cloudformation.describe_stacks(StackName=name)["Stacks"]
        except (ClientError, BotoCoreError) as error:
            return _absence(error)
        alive = any(stack["StackStatus"] != "DELETE_COMPLETE" for stack in stacks)
        return Existence.ALIVE if alive else Existence.GONE

    def _look_at_resource(self, stack: str, logical_id: str) -> Existence:
        try:
            answer = self._cloudformation.describe_stack_resource(StackName=stack, LogicalResourceId=logical_id)
        except (ClientError, BotoCoreError) as error:
            return _absence(error)
        gone = answer["StackResourceDetail"]["ResourceStatus"] in ("DELETE_COMPLETE", "DELETE_SKIPPED")
        return Existence.GONE if gone else Existence.ALIVE


def _absence(error: Exception) -> Existence:
    """CloudFormation answers ValidationError for what does not exist, but for other errors too."""
    details = error.response["Error"] if isinstance(error, ClientError) else {}
    gone = details.get("Code") == "ValidationError" and "does not exist" in details.get("Message", "")
    return Existence.GONE if gone else Existence.UNKNOWN
