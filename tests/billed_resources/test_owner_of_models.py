"""Owners of custom models: the training stack while a customization uses them; what it keeps is told with its price."""

from __future__ import annotations

import json

import pytest

from billed_resources.kept_models import kept_models_lines, kept_models_of
from billed_resources.owner import Owner, OwnerKind
from kit_contract.parameters import (
    customization_promoted,
    customization_specification,
)
from kit_contract.tags import DEPLOYMENT_TAG
from tests.billed_resources import fake_aws
from tests.billed_resources.fake_aws import NOW, REGION, FakeAws
from tests.billed_resources.owners import kind, owner


def with_model(aws: FakeAws, name: str = "sup-support-0123456789abcdef") -> None:
    aws.models = [
        {
            "modelArn": fake_aws.MODEL,
            "modelName": name,
            "creationTime": NOW,
            "baseModelArn": fake_aws.BASE,
            "baseModelName": "Nova Micro",
        }
    ]
    aws.tags[fake_aws.MODEL] = {DEPLOYMENT_TAG: "sup"}


def test_a_custom_model_belongs_to_the_training_stack_of_its_deployment(aws: FakeAws) -> None:
    with_model(aws)
    assert owner(aws) == Owner(OwnerKind.NOBODY, "was sup-training")

    aws.stacks["sup-training"] = {}
    aws.parameters[customization_specification("sup", "support")] = "{}"
    assert owner(aws) == Owner(OwnerKind.STACK, "sup-training")


def test_nobody_owns_the_model_of_a_customization_that_was_removed(aws: FakeAws) -> None:
    with_model(aws)
    aws.stacks["sup-training"] = {}
    aws.parameters[customization_specification("sup", "other")] = "{}"

    assert owner(aws) == Owner(OwnerKind.NOBODY, "sup-training has no customization support any more")


@pytest.mark.parametrize("name", ["sup-support-0123456789abcdef", "named-by-hand"])
def test_the_stack_owns_a_model_that_serves_or_whose_name_tells_nothing(aws: FakeAws, name: str) -> None:
    """A customization that was renamed has its model under the old name."""
    with_model(aws, name)
    aws.stacks["sup-training"] = {}
    if name.startswith("sup"):
        aws.parameters[customization_promoted("sup", "help")] = json.dumps({"custom_model_arn": fake_aws.MODEL})

    assert kind(aws) is OwnerKind.STACK


def test_a_model_whose_customization_cannot_be_read_may_be_in_use(aws: FakeAws) -> None:
    with_model(aws)
    aws.stacks["sup-training"] = {}
    aws.parameters[customization_promoted("sup", "help")] = "not JSON"

    assert kind(aws) is OwnerKind.UNKNOWN


def test_what_is_kept_is_told_with_price_and_command(aws: FakeAws) -> None:
    with_model(aws)
    aws.stacks["sup-training"] = {}

    lines = kept_models_lines(kept_models_of("sup", aws.clients(), REGION, NOW), REGION)

    assert lines == [
        "Custom models that no customization uses: 1, 1.95 USD a month for storage. Delete them:",
        f"  aws bedrock delete-custom-model --model-identifier sup-support-0123456789abcdef --region {REGION}",
    ]
    assert kept_models_of("other", aws.clients(), REGION, NOW) == []
    assert kept_models_lines([], REGION) == []


def test_an_imported_model_without_its_section_is_kept_too(aws: FakeAws) -> None:
    model = f"arn:aws:bedrock:{REGION}:{fake_aws.ACCOUNT}:imported-model/abcdefghijkl"
    aws.imported = [{"modelArn": model, "modelName": "sup-open-0123456789abcdef", "creationTime": NOW}]
    aws.tags[model] = {"bedrock-kit:deployment": "sup"}
    aws.stacks["sup-training"] = {}

    lines = kept_models_lines(kept_models_of("sup", aws.clients(), REGION, NOW), REGION)

    command = "aws bedrock delete-imported-model --model-identifier sup-open-0123456789abcdef --region us-east-1"
    assert lines[1:] == [f"  {command}"]
    aws.parameters[customization_specification("sup", "open")] = "{}"
    assert kept_models_of("sup", aws.clients(), REGION, NOW) == []
