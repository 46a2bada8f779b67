"""Fault 30: a Delete and a rollback bring the properties that an earlier release of the kit wrote.

fixtures/v0 is what was written before there was a SchemaVersion. A change of what the constructs write needs a new
version beside the old ones, which stay; a type that is new needs none.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from custom_resources.framework.lifecycle import SCHEMA_VERSION
from tests.bedrock_constructs.custom_resources.custom_resource_stack import template
from tests.cloudformation_harness.clients import Fault
from tests.cloudformation_harness.cloudformation import Existing, Stack
from tests.cloudformation_harness.templates import MODEL
from tests.cloudformation_harness.training import training
from tests.cloudformation_harness.world import World, fault_at

FIXTURES = Path(__file__).with_name("fixtures")
VERSIONS = [f"v{number}" for number in range(SCHEMA_VERSION + 1)]
WRITTEN = sorted((path.parent.name, path.stem) for path in FIXTURES.glob("*/*.json"))
OWNER = {"bedrock-kit:deployment": "sup", "bedrock-kit:resource": "sup-training/Thing"}
KINDS = {
    "BedrockProvisionedThroughput": "provisioned-model",
    "BedrockCustomModelDeployment": "custom-model-deployment",
}


def properties(version: str, kind: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / version / f"{kind}.json").read_text(encoding="utf-8"))
    return found


@pytest.fixture(autouse=True)
def workflow(world: World) -> Iterator[None]:
    with training(world):
        yield


def existing(world: World, stack: Stack, version: str, kind: str) -> None:
    """What that release had deployed."""
    if kind in KINDS:
        item = world.bedrock.plant(KINDS[kind], "sup-support", tags=OWNER)
        item.model = item.next_model = MODEL
        if kind == "BedrockProvisionedThroughput":  # its commitment is over
            item.commitment, item.created = "OneMonth", item.created - 40 * 86_400
    identity = {
        "BedrockModelAccess": "Thing-model-access",
        "BedrockCustomizationStart": "support-start",
        "BedrockCapacityStart": "sup-capacity-start",
        "BedrockIngestionStart": "KB12345678/DS12345678",
        "RolePropagation": "sup-knowledge-base-role-propagation",
        "OpenSearchIndex": "abcdefghij0123456789/vectors-1024-0f0f0f0f",
        "BedrockGuardrailVersions": "abcdefgh1234-versions",
        "BedrockImportedModelServing": "support-serving",
        "BedrockInvocationLogging": "sup-invocation-logging",
        "PgVectorTable": "bedrock_integration.passages_0a1b2c3d",
    }
    physical_id = identity.get(kind, "the-bucket/docs/" if kind == "BucketObjects" else "sup-support")
    stack.resources["Thing"] = Existing(f"Custom::{kind}", properties(version, kind), physical_id)


@pytest.mark.parametrize(("version", "kind"), WRITTEN)
def test_fault_30_a_delete_with_the_properties_of_a_release(
    world: World, stack: Stack, version: str, kind: str
) -> None:
    existing(world, stack, version, kind)

    assert stack.delete() == "DELETE_COMPLETE", stack.requests[-1].reason

    assert world.bedrock.billed() == []


@pytest.mark.parametrize("kind", sorted(KINDS))
@pytest.mark.parametrize("version", VERSIONS)
def test_fault_30_a_rollback_to_the_properties_of_a_release(
    world: World, stack: Stack, version: str, kind: str
) -> None:
    existing(world, stack, version, kind)
    before = dict(stack.resources)
    name = "ProvisionedModelName" if kind == "BedrockProvisionedThroughput" else "DeploymentName"
    wanted = {**properties("v1", kind), name: "sup-other", "Expires": ""}
    call = "bedrock.update_provisioned_model_throughput" if name[0] == "P" else "bedrock.create_custom_model_deployment"
    world.plan = fault_at(call, Fault("error", "ValidationException"), times=10)

    wanted.pop("Schedule", None)
    assert stack.update({"Thing": (f"Custom::{kind}", wanted)}) == "UPDATE_ROLLBACK_COMPLETE"

    assert [item.name for item in world.bedrock.billed()] == ["sup-support"]
    assert stack.resources == before


def test_fault_30_what_the_constructs_write_is_in_the_newest_fixture() -> None:
    resources = template().to_json()["Resources"].values()
    custom = [item for item in resources if item["Type"].startswith("Custom::")]

    newest = {f"Custom::{kind}" for version, kind in WRITTEN if version == f"v{SCHEMA_VERSION}"}
    assert {item["Type"] for item in custom} == newest
    for item in custom:
        kind = item["Type"].removeprefix("Custom::")
        known = properties(f"v{SCHEMA_VERSION}", kind)
        assert item["Properties"].keys() <= known.keys(), f"{kind}: a property without a fixture"
