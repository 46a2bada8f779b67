"""What must hold in every environment, whatever else changes. Add what your project relies on."""

from collections.abc import Mapping
from typing import Any

from aws_cdk.assertions import Match

from tests.project import FILE, Synthesized, run

HOLD_DATA = ("AWS::S3::Bucket", "AWS::S3Vectors::VectorBucket", "AWS::S3Vectors::Index")
KEPT = ("Retain", "RetainExceptOnCreate")
# Purchases are decided in a review: who adds one changes this list.
BILLED_BY_THE_HOUR = ("Custom::BedrockProvisionedThroughput",)


def test_each_section_is_a_stack(synthesized: Synthesized) -> None:
    sections = {"knowledge_base": "knowledge-base", "inference_api": "inference-api", "agents": "agents"}
    expected = {f"{synthesized.deployment}-{stack}" for section, stack in sections.items() if section in FILE}

    assert expected
    assert expected <= set(synthesized.stacks)


def test_callers_need_a_key_and_have_the_limits_of_the_environment(synthesized: Synthesized) -> None:
    api = synthesized.stack("inference-api")
    rate, burst = (synthesized.setting("inference_api", name) for name in ("rate_per_second", "burst"))
    requests = synthesized.setting("inference_api", "requests_per_month")

    api.has_resource_properties(
        "AWS::ApiGateway::UsagePlan",
        {
            "Throttle": {"RateLimit": rate, "BurstLimit": burst},
            "Quota": Match.object_like({"Limit": requests, "Period": "MONTH"}),
        },
    )
    api.has_resource_properties("AWS::ApiGateway::Method", {"HttpMethod": "ANY", "ApiKeyRequired": True})


def test_no_deploy_deletes_data(synthesized: Synthesized) -> None:
    kept = [resource for kind in HOLD_DATA for resource in _resources(synthesized, kind)]

    assert kept
    assert [item for item in kept if item.get("DeletionPolicy") not in KEPT] == []


def test_nothing_is_billed_by_the_hour(synthesized: Synthesized) -> None:
    assert [resource for kind in BILLED_BY_THE_HOUR for resource in _resources(synthesized, kind)] == []


def test_the_check_of_the_kit_finds_nothing(synthesized: Synthesized) -> None:
    """cfn-lint, cdk-nag and the kit's rules."""
    run("-m", "bedrock_deployment_kit", "check", "--app", str(synthesized.assembly))


def _resources(synthesized: Synthesized, kind: str) -> list[Mapping[str, Any]]:
    templates = synthesized.stacks.values()
    return [resource for template in templates for resource in template.find_resources(kind).values()]
