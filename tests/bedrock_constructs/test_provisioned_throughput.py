"""Properties, grants and refusals of provisioned throughput."""

import aws_cdk as cdk
import pytest

from bedrock_constructs.provisioned_throughput import ProvisionedThroughput
from tests.bedrock_constructs.custom_resource_stack import actions_of, template


@pytest.mark.parametrize(("model", "customization"), [(None, None), ("amazon.nova-micro-v1:0:128k", "support")])
def test_model_and_customization_exclude_each_other(model: str | None, customization: str | None) -> None:
    stack = cdk.Stack(cdk.App(), "Test")

    with pytest.raises(ValueError, match="name exactly one"):
        ProvisionedThroughput(
            stack,
            "Throughput",
            kit_deployment="sup",
            provisioned_model_name="sup-support",
            model_identifier=model,
            customization=customization,
            model_units=1,
            commitment_duration=None,
            alias=None,
        )


def test_no_commitment_is_no_property() -> None:
    found = template().find_resources("Custom::BedrockProvisionedThroughput")
    properties = next(iter(found.values()))["Properties"]

    assert properties["ModelUnits"] == 1
    assert "CommitmentDuration" not in properties


def test_the_alias_may_be_published() -> None:
    assert "ssm:PutParameter" in actions_of("Throughput")
