"""InferenceApi: what the function may call."""

from __future__ import annotations

from typing import Any

import pytest
from aws_cdk.assertions import Template

from kit_contract.inference_api_settings import settings_from
from tests.bedrock_constructs.inference_api.api_stack import (
    DESTINATION_ARN,
    MICRO,
    MODEL_ARN,
    PROFILE_ARN,
    environment_of,
    synthesize,
)

OWN = {"StringEquals": {"aws:ResourceTag/bedrock-kit:deployment": "support-assistant"}}
INVOKE = ["bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream"]


@pytest.fixture(scope="module")
def template() -> Template:
    return synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO)


@pytest.fixture(scope="module")
def statements(template: Template) -> dict[str, dict[str, Any]]:
    return _statements(template)


def _statements(template: Template) -> dict[str, dict[str, Any]]:
    policies = template.find_resources("AWS::IAM::Policy").values()
    every = [item for policy in policies for item in policy["Properties"]["PolicyDocument"]["Statement"]]
    return {item["Sid"]: item for item in every if "Sid" in item}


def test_only_configured_models_can_be_invoked(statements: dict[str, dict[str, Any]]) -> None:
    assert statements["InvokeConfiguredModels"]["Action"] == [*INVOKE, "bedrock:CountTokens"]
    assert sorted(statements["InvokeConfiguredModels"]["Resource"]) == sorted([MODEL_ARN, PROFILE_ARN, DESTINATION_ARN])
    assert statements["ReadProfiles"]["Resource"] == PROFILE_ARN


@pytest.mark.parametrize(
    ("sid", "kinds"),
    [
        ("InvokeOwnModels", ["custom-model-deployment", "provisioned-model"]),
        ("ReadOwnDeployments", ["custom-model-deployment"]),
        ("ReadOwnProvisionedModels", ["provisioned-model"]),
        ("ReadOwnCustomModels", ["custom-model"]),
    ],
)
def test_trained_models_need_the_tag_of_this_deployment(
    statements: dict[str, dict[str, Any]], sid: str, kinds: list[str]
) -> None:
    resource = statements[sid]["Resource"]
    arns = [f"arn:aws:bedrock:us-east-1:111122223333:{kind}/*" for kind in kinds]

    assert statements[sid]["Condition"] == OWN
    assert (resource if isinstance(resource, list) else [resource]) == arns


def test_knowledge_base_and_parameters(statements: dict[str, dict[str, Any]]) -> None:
    assert statements["Retrieve"]["Resource"] == "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"
    assert statements["RetrieveAndGenerate"]["Action"] == "bedrock:RetrieveAndGenerate"
    expected = "arn:aws:ssm:us-east-1:111122223333:parameter/bedrock-kit/support-assistant/aliases/*"
    assert statements["ReadAliases"]["Resource"] == expected


@pytest.mark.parametrize(
    ("order", "kind", "reading"),
    [
        (("provisioned",), "provisioned-model", {"ReadOwnProvisionedModels", "ReadOwnCustomModels"}),
        (("on-demand",), "custom-model-deployment", {"ReadOwnDeployments", "ReadOwnCustomModels"}),
    ],
)
def test_a_place_that_no_alias_uses_cannot_be_invoked(order: tuple[str, ...], kind: str, reading: set[str]) -> None:
    found = _statements(synthesize(knowledge_bases={}, model=None, order=order))

    assert set(found) == {"InvokeOwnModels", "ReadAliases"} | reading
    assert found["InvokeOwnModels"]["Resource"] == f"arn:aws:bedrock:us-east-1:111122223333:{kind}/*"


def test_an_order_of_base_models_permits_no_other_models() -> None:
    found = _statements(synthesize(knowledge_bases={}, model=None, order=("base",)))

    assert set(found) == {"InvokeConfiguredModels", "ReadProfiles"}


def test_the_model_of_the_knowledge_base_can_be_invoked_with_any_order() -> None:
    found = _statements(synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, order=("provisioned",)))

    assert found["InvokeConfiguredModels"]["Resource"] == MODEL_ARN


def test_only_one_statement_has_all_resources(statements: dict[str, dict[str, Any]]) -> None:
    assert [sid for sid, item in statements.items() if item["Resource"] == "*"] == ["RetrieveAndGenerate"]


def test_without_a_knowledge_base_there_are_no_permissions_for_one() -> None:
    template = synthesize(knowledge_bases={}, model=None)

    assert not {"Retrieve", "RetrieveAndGenerate"} & set(_statements(template))
    environment = environment_of(template)
    assert environment["KNOWLEDGE_BASES"] == "{}"


RERANK = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"


@pytest.mark.parametrize(
    ("managed", "sids"),
    [
        (("a", "b"), {"Retrieve"}),
        (("a",), {"Retrieve", "RetrieveAndGenerate", "Rerank", "InvokeRerankModel", "InvokeConfiguredModels"}),
    ],
)
def test_managed_knowledge_bases_are_only_searched(managed: tuple[str, ...], sids: set[str]) -> None:
    """RetrieveAndGenerate refuses them, so it needs neither a model nor a reranker of theirs."""
    found = _statements(
        synthesize(
            knowledge_bases={"a": "KBA1234567", "b": "KBB1234567"},
            model=MICRO,
            rerank=RERANK,
            managed=managed,
            order=("on-demand",),
        )
    )

    assert set(found) - {"InvokeOwnModels", "ReadAliases", "ReadOwnDeployments", "ReadOwnCustomModels"} == sids


def test_the_function_may_rerank_with_the_configured_model() -> None:
    template = synthesize(knowledge_bases={"documents": "KB12345678"}, model=MICRO, rerank=RERANK)

    found = _statements(template)
    assert (found["Rerank"]["Action"], found["Rerank"]["Resource"]) == ("bedrock:Rerank", "*")
    assert (found["InvokeRerankModel"]["Action"], found["InvokeRerankModel"]["Resource"]) == (
        "bedrock:InvokeModel",
        RERANK,
    )


def test_the_function_reads_only_the_listed_media_of_its_account() -> None:
    buckets = ("pictures", "papers/2026/")
    template = synthesize(knowledge_bases={}, model=None, media_buckets=buckets)

    found = _statements(template)["ReadMedia"]
    assert found["Action"] == "s3:GetObject"
    assert found["Resource"] == [f"arn:aws:s3:::{place}/*" for place in ("pictures", "papers/2026")]
    assert found["Condition"] == {"StringEquals": {"aws:ResourceAccount": "111122223333"}}
    assert settings_from(environment_of(template), "{}").media_buckets == buckets
