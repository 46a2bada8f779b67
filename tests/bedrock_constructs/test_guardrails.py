"""A guardrail: a change of its policy is a new version, the old one stays, and a profile is allowed where it routes."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Template

from bedrock_constructs.guardrails import Guardrail

WORDS = {"word_policy_config": {"wordsConfig": [{"text": "acme"}]}}
GIVEN: dict[str, Any] = {"name": "sup-polite", "blocked_input": "no", "blocked_output": "no", "policies": WORDS}


def synthesized(**change: Any) -> tuple[Template, Guardrail]:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    made = Guardrail(stack, "Polite", **(GIVEN | change))
    return Template.from_stack(stack), made


def version(template: Template) -> dict[str, Any]:
    (found,) = template.find_resources("AWS::Bedrock::GuardrailVersion").values()
    return dict(found)


@pytest.mark.parametrize(
    "change",
    [
        {"blocked_input": "never"},
        {"blocked_output": "never"},
        {"description": "new"},
        {"profile": "us.guardrail.v1:0"},
        {"kms_key_arn": "arn:aws:kms:us-east-1:111122223333:key/abc"},
        {"policies": {"word_policy_config": {"wordsConfig": [{"text": "other"}]}}},
    ],
)
def test_every_change_of_the_policy_replaces_the_version(change: dict[str, Any]) -> None:
    before, after = version(synthesized()[0]), version(synthesized(**change)[0])

    assert before["Properties"]["Description"] != after["Properties"]["Description"]


def test_a_new_name_is_no_new_policy() -> None:
    assert version(synthesized()[0]) == version(synthesized(name="sup-other")[0])


def test_the_old_version_outlives_the_update() -> None:
    found = version(synthesized()[0])

    assert (found["UpdateReplacePolicy"], found["DeletionPolicy"]) == ("Retain", "Retain")
    (guardrail,) = synthesized()[0].find_resources("AWS::Bedrock::Guardrail").values()
    assert "DeletionPolicy" not in guardrail  # its versions go with it


def test_a_guardrail_with_a_profile_is_applied_in_all_its_regions() -> None:
    _, made = synthesized(profile="us.guardrail.v1:0", profile_regions=("us-east-1", "us-west-2"))

    assert [arn.rpartition(":bedrock:")[2] for arn in made.apply_arns[1:]] == [
        "us-east-1:111122223333:guardrail-profile/us.guardrail.v1:0",
        "us-west-2:111122223333:guardrail-profile/us.guardrail.v1:0",
    ]


def test_another_generation_is_another_guardrail_with_a_name_of_its_own() -> None:
    """CloudFormation makes the new one before it deletes the old one, which may still be there."""
    first, second = (synthesized(generation=number)[0].to_json()["Resources"] for number in (1, 2))

    for kind in ("AWS::Bedrock::Guardrail", "AWS::Bedrock::GuardrailVersion"):
        ids = [{name for name, item in found.items() if item["Type"] == kind} for found in (first, second)]
        assert not ids[0] & ids[1]
    names = [
        item["Properties"]["Name"]
        for found in (first, second)
        for item in found.values()
        if item["Type"] == "AWS::Bedrock::Guardrail"
    ]
    assert names == ["sup-polite", "sup-polite_2"]


def test_the_name_of_another_generation_fits_bedrock() -> None:
    (found,) = synthesized(generation=2, name="s" * 50)[0].find_resources("AWS::Bedrock::Guardrail").values()

    assert found["Properties"]["Name"] == "s" * 48 + "_2"


def test_a_guardrail_is_encrypted_with_the_key_that_is_named() -> None:
    key = "arn:aws:kms:us-east-1:111122223333:key/abc"
    (own,), (bedrocks,) = (
        synthesized(**change)[0].find_resources("AWS::Bedrock::Guardrail").values()
        for change in ({"kms_key_arn": key}, {})
    )

    assert own["Properties"]["KmsKeyArn"] == key
    assert "KmsKeyArn" not in bedrocks["Properties"]
