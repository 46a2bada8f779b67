"""A prompt in a stack of one's own: its variables are declared, and another content is another version."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.prompts import Prompt

GIVEN: dict[str, Any] = {"name": "sup-support", "text": "You work for {{company}}."}


def synthesized(**change: Any) -> tuple[Template, Prompt]:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    made = Prompt(stack, "Support", **(GIVEN | change))
    return Template.from_stack(stack), made


def test_its_defaults() -> None:
    template, made = synthesized()

    (prompt,) = template.find_resources("AWS::Bedrock::Prompt").values()
    text = {"Text": {"Text": GIVEN["text"], "InputVariables": [{"Name": "company"}]}}
    variant = {"Name": "default", "TemplateType": "TEXT", "TemplateConfiguration": text}
    assert prompt["Properties"] == {"Name": "sup-support", "DefaultVariant": "default", "Variants": [variant]}
    (version,) = template.find_resources("AWS::Bedrock::PromptVersion").values()
    assert version["Properties"]["Description"] == made.digest


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Be brief."},
        {"model": "amazon.nova-micro-v1:0"},
        {"inference": {"temperature": 0.2}},
        {"description": "Of the shop"},
    ],
)
def test_another_content_is_another_version_of_the_same_prompt(change: dict[str, Any]) -> None:
    before, after = synthesized()[0], synthesized(**change)[0]

    for kind, same in (("Prompt", True), ("PromptVersion", False)):
        ids = [set(one.find_resources(f"AWS::Bedrock::{kind}")) for one in (before, after)]
        assert (ids[0] == ids[1]) is same


def test_another_generation_is_another_prompt_beside_what_is_left_of_the_old_one() -> None:
    (first, _), (second, _) = synthesized(), synthesized(generation=2)

    for kind in ("AWS::Bedrock::Prompt", "AWS::Bedrock::PromptVersion"):
        assert not first.find_resources(kind).keys() & second.find_resources(kind).keys()
    (prompt,) = second.find_resources("AWS::Bedrock::Prompt").values()
    assert prompt["Properties"]["Name"] == "sup-support-2"
