"""A profile carries the alias as a tag; another model or generation is another profile under another name."""

import re

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.inference_profile import InferenceProfile

MICRO = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0"
LITE = "arn:aws:bedrock:us-east-1:111122223333:inference-profile/us.amazon.nova-lite-v1:0"
KIND = "AWS::Bedrock::ApplicationInferenceProfile"
NAME = r"([0-9a-zA-Z][ _-]?)+"  # of Bedrock's API


def made(model: str = MICRO, *, name: str = "shop-support-bot", generation: int = 1) -> dict[str, str]:
    """Logical id -> name."""
    stack = cdk.Stack(cdk.App(), "Test")
    profile = InferenceProfile(stack, "Bot", name=name, copied_from=model, alias="support-bot", generation=generation)
    assert "application-inference-profile/" in profile.arn
    found = Template.from_stack(stack).find_resources(KIND)
    for item in found.values():
        assert item["Properties"]["ModelSource"] == {"CopyFrom": model}
        assert item["Properties"]["Tags"] == [{"Key": "bedrock-kit:alias", "Value": "support-bot"}]
    return {key: item["Properties"]["InferenceProfileName"] for key, item in found.items()}


def test_another_model_or_generation_has_another_name() -> None:
    first, other, again = made(), made(LITE), made(generation=2)

    assert len({*first.values(), *other.values(), *again.values()}) == 3
    assert first.keys() == other.keys()  # CloudFormation makes the new one before it removes the old one
    assert first.keys() != again.keys()
    assert first == made()


@pytest.mark.parametrize("length", range(50, 63))
def test_long_names_are_names_of_bedrock(length: int) -> None:
    (name,) = made(name=("a" + "-b" * 40)[:length]).values()

    assert re.fullmatch(NAME, name)
    assert len(name) <= 64
