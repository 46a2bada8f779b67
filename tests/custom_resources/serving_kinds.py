"""The two kinds of resources that serve a model, for tests of faults, and the calls that change something."""

from tests.cloudformation_harness.templates import deployment, throughput
from tests.cloudformation_harness.world import World

READING = ("get_", "list_", "head_", "describe_")
BOTH = {"throughput": (throughput(), "provisioned-model"), "deployment": (deployment(), "custom-model-deployment")}


def mutating(world: World, since: int = 0) -> list[str]:
    calls = [call for call in world.calls[since:] if call.service != "dynamodb"]
    return [call.name for call in calls if not call.operation.startswith(READING)]
