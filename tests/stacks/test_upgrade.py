"""An upgrade from the last release: no data is replaced, nothing is bought, no model is trained again.

release_0_1_0.json has what release 0.1.0 made of tests/stacks/full.toml and what holds data, is known by callers or is
paid for. Sections that came later are in full.toml, too: they add resources, and change none of these.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from kit_contract.runs import RunSpecification
from local_aws.extension.cloudformation.resource_schemas import replaces
from tests.synthesized import synthesized

CONFIG = "tests/stacks/full.toml"
RELEASE: dict[str, dict[str, Any]] = json.loads(Path(__file__).with_name("release_0_1_0.json").read_text("utf-8"))
# What these say decides what Bedrock has and what is billed. Their handlers find it by it, and buy where they don't.
IDENTITY = {
    "Custom::BedrockProvisionedThroughput": (
        *("ProvisionedModelName", "ModelIdentifier", "Customization", "ModelUnits", "CommitmentDuration"),
        *("Alias", "KitDeployment", "Schedule", "Expires", "AcceptedHourlyCostUsd"),
    ),
    "Custom::BedrockCustomModelDeployment": ("DeploymentName", "Alias", "KitDeployment", "ModelIdentifier"),
    "Custom::BedrockCustomizationStart": ("Customization", "DataKey"),
    "Custom::BedrockModelAccess": ("UseCaseForm", "RevokeOnDelete"),
    "Custom::BedrockCapacityStart": ("KitDeployment",),
}
RESOURCES = [(stack, logical_id) for stack, resources in RELEASE.items() for logical_id in resources]
DATASET = "0" * 64  # a run id is over the records, too: any will do


def now(stack: str) -> dict[str, Any]:
    found: dict[str, Any] = synthesized(CONFIG)[stack]["Resources"]
    return found


def what_replaces(old: dict[str, Any], new: dict[str, Any] | None) -> str:
    """Why an update from `old` to `new` loses what `old` is; empty if it doesn't."""
    if new is None:
        return "is deleted"
    if new["Type"] != old["Type"]:
        return f"becomes a {new['Type']}"
    before, after = old["Properties"], new["Properties"]
    if keys := IDENTITY.get(old["Type"]):
        changed = [key for key in keys if before.get(key) != after.get(key)]
        return f"changes {', '.join(changed)}" if changed else ""
    return "is replaced" if replaces(old["Type"], before, after) else ""


@pytest.mark.parametrize(("stack", "logical_id"), RESOURCES)
def test_the_upgrade_keeps_what_the_release_made(stack: str, logical_id: str) -> None:
    assert what_replaces(RELEASE[stack][logical_id], now(stack).get(logical_id)) == ""


def test_the_upgrade_trains_no_model_again() -> None:
    before, after = specifications(RELEASE["full-training"]), specifications(now("full-training"))

    assert len(before) == 2
    assert {name: item.run_id(DATASET) for name, item in before.items()} == {
        name: after[name].run_id(DATASET) for name in before
    }


def test_the_upgrade_buys_nothing() -> None:
    bought = {
        logical_id
        for logical_id, item in now("full-provisioned-throughput").items()
        if item["Type"] == "Custom::BedrockProvisionedThroughput"
    }

    assert bought <= RELEASE["full-provisioned-throughput"].keys()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"Type": "AWS::S3::Bucket", "Properties": {"BucketName": "another"}}, "is replaced"),
        ({"Type": "AWS::SNS::Topic", "Properties": {}}, "becomes a AWS::SNS::Topic"),
        (None, "is deleted"),
        ({"Type": "AWS::S3::Bucket", "Properties": {"Tags": []}}, ""),
    ],
)
def test_a_loss_is_seen(changed: dict[str, Any] | None, said: str) -> None:
    assert what_replaces({"Type": "AWS::S3::Bucket", "Properties": {}}, changed) == said


def specifications(resources: dict[str, Any]) -> dict[str, RunSpecification]:
    found = {}
    for item in resources.values():
        name = item["Properties"].get("Name", "")
        if item["Type"] == "AWS::SSM::Parameter" and "/customizations/" in str(name):
            found[name] = RunSpecification.from_json(json.loads(as_text(item["Properties"]["Value"])))
    return found


def as_text(value: Any) -> str:
    """A value of a template, with any text for what CloudFormation resolves."""
    return (
        value
        if isinstance(value, str)
        else "".join(part if isinstance(part, str) else "x" for part in value["Fn::Join"][1])
    )
