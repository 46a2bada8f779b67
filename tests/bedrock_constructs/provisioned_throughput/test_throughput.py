"""Properties, grants and refusals of provisioned throughput."""

import json
from collections.abc import Mapping
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.provisioned_throughput.permissions import ThroughputTarget
from tests.bedrock_constructs.custom_resources.custom_resource_stack import actions_of, add_throughput, template


def stack() -> cdk.Stack:
    return cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))


def one(found: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    (resource,) = found.values()
    return resource


@pytest.mark.parametrize(("model", "customization"), [(None, None), ("amazon.nova-micro-v1:0:128k", "support")])
def test_model_and_customization_exclude_each_other(model: str | None, customization: str | None) -> None:
    with pytest.raises(ValueError, match="name exactly one"):
        add_throughput(stack(), ThroughputTarget("sup-support", model, customization, None))


def test_no_commitment_is_no_property() -> None:
    properties = one(template().find_resources("Custom::BedrockProvisionedThroughput"))["Properties"]

    assert properties["ModelUnits"] == 1
    assert "CommitmentDuration" not in properties


def test_the_alias_may_be_published() -> None:
    assert "ssm:PutParameter" in actions_of("BedrockProvisionedThroughput")


def test_nothing_may_be_bought_without_the_settings_which_come_last_and_go_first() -> None:
    resource_id = next(iter(template().find_resources("Custom::BedrockProvisionedThroughput")))
    parameters = template().find_resources("AWS::SSM::Parameter").values()
    (settings,) = [item for item in parameters if item["Properties"]["Name"].endswith("sup-support/settings")]

    assert resource_id in settings["DependsOn"]
    assert f"Test/{resource_id}" in json.dumps(settings["Properties"]["Value"])


def test_a_foundation_models_throughput_may_buy_that_model_only() -> None:
    one_model = stack()
    add_throughput(one_model, ThroughputTarget("sup-nova", "amazon.nova-micro-v1:0:128k", None, None))

    statements = [
        statement
        for policy in Template.from_stack(one_model).find_resources("AWS::IAM::Policy").values()
        for statement in policy["Properties"]["PolicyDocument"]["Statement"]
        if "bedrock:CreateProvisionedModelThroughput" in statement["Action"]
    ]

    assert len(statements) == 2  # the custom resource's and the schedule's
    assert all("foundation-model/amazon.nova-micro-v1:0*" in json.dumps(item["Resource"]) for item in statements)
    assert "custom-model" not in json.dumps(statements)
