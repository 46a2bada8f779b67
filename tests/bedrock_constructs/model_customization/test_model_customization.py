"""Training with what a user knows: a base model, records, and what exists already."""

import json
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_iam as iam
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Template

from bedrock_constructs.model_customization.customization import Customization
from bedrock_constructs.model_customization.model_customization import ModelCustomization
from kit_contract.runs import RunSpecification
from model_catalog import catalog
from training_data.preparation import DatasetError

NOVA = "amazon.nova-micro-v1:0:128k"


@pytest.fixture
def records(tmp_path: Path) -> Path:
    path = tmp_path / "chat.csv"
    rows = [f"How many of item {number} are there?,There are {number} of it." for number in range(1, 11)]
    path.write_text("\n".join(["prompt,completion", *rows]), encoding="utf-8")
    return path


def synthesized(customization: Customization, **more: Any) -> tuple[ModelCustomization, Template]:
    stack = cdk.Stack(cdk.App(), "Shop")
    made = ModelCustomization(stack, "Training", customizations={"support": customization}, **more)
    return made, Template.from_stack(stack)


def specification(template: Template) -> RunSpecification:
    (found,) = [
        item["Properties"]["Value"]
        for item in template.find_resources("AWS::SSM::Parameter").values()
        if "/customizations/" in item["Properties"]["Name"]
    ]
    parts = [found] if isinstance(found, str) else found["Fn::Join"][1]
    return RunSpecification.from_json(json.loads("".join(part if isinstance(part, str) else "x" for part in parts)))


def test_the_catalog_knows_what_the_user_does_not_say(records: Path) -> None:
    made, template = synthesized(Customization(base_model=NOVA, dataset=records, hyperparameters={"epochCount": 3}))
    found = specification(template)

    assert (found.alias, found.serving, found.limits.record_format) == ("support", "on-demand", "converse")
    assert found.hyperparameters["epochCount"] == "3"
    assert made.aliases == {"support": "support"}
    for resource_type in ("CustomizationStart", "CustomModelDeployment"):
        template.resource_count_is(f"Custom::Bedrock{resource_type}", 1)


def test_a_bucket_and_a_role_that_exist_are_used(records: Path) -> None:
    stack = cdk.Stack(cdk.App(), "Shop")
    role = iam.Role.from_role_arn(stack, "Jobs", "arn:aws:iam::111122223333:role/jobs")
    ModelCustomization(
        stack,
        "Training",
        customizations={"support": Customization(base_model=NOVA, dataset=records)},
        bucket=s3.Bucket.from_bucket_name(stack, "Data", "shop-training"),
        role=role,
    )
    template = Template.from_stack(stack)

    template.resource_count_is("AWS::S3::Bucket", 0)
    assert specification(template).bucket == "shop-training"
    assert specification(template).role_arn.endswith(":role/jobs")
    granted = [item["Properties"] for item in template.find_resources("AWS::IAM::Policy").values()]
    assert [item for item in granted if item.get("Roles") == ["jobs"]]


def test_a_bad_record_stops_the_synth(tmp_path: Path) -> None:
    file = tmp_path / "chat.jsonl"
    file.write_text('{"prompt": 1}\n', encoding="utf-8")

    with pytest.raises(DatasetError, match=r"chat\.jsonl:1"):
        synthesized(Customization(base_model=NOVA, dataset=file))


def test_a_model_that_takes_no_fine_tuning_is_refused_with_those_that_do(records: Path) -> None:
    with pytest.raises(catalog.CatalogError, match="cannot be customized by FINE_TUNING; use one of"):
        synthesized(Customization(base_model="amazon.titan-embed-text-v2:0", dataset=records))
