"""Settings that cross the Lambda border survive the environment, and leave nothing out."""

from kit_contract.inference_api import Agent, Alias, Model, Settings, aliases_json, environment_from, settings_from
from kit_contract.knowledge_base_ingestion import IngestionSettings

MICRO = Model("amazon.nova-micro-v1:0", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0")
PROFILE = Model("us.amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0")


def test_settings_of_the_inference_api() -> None:
    settings = Settings("support", {"bot": Alias(MICRO, ("provisioned", "base"))}, {"documents": "KB1"}, PROFILE)

    assert settings_from(environment_from(settings, "1"), aliases_json(settings, "1")) == settings


def test_settings_of_the_inference_api_without_a_knowledge_base() -> None:
    settings = Settings("support", {"bot": Alias(PROFILE, ("base",))}, {}, None)

    assert settings_from(environment_from(settings, "1"), aliases_json(settings, "1")) == settings


def test_settings_with_agents() -> None:
    agents = {"support": Agent("arn:harness", {"tickets": "arn:function"}), "sales": Agent("arn:other")}
    settings = Settings("support", {}, {}, None, agents=agents, approval_secret_arn="arn:secret")

    assert settings_from(environment_from(settings, "1"), aliases_json(settings, "1")) == settings


def test_the_aliases_hold_no_account_and_the_function_names_its_own() -> None:
    settings = Settings("support", {"bot": Alias(PROFILE, ("base",))}, {}, None)

    aliases = aliases_json(settings, "1")

    assert ":{account}:" in aliases
    assert ":2:" in settings_from(environment_from(settings, "2"), aliases).aliases["bot"].base.arn


def test_the_arn_gives_the_kind_of_a_model() -> None:
    assert [model.kind for model in (MICRO, PROFILE)] == ["foundation-model", "inference-profile"]


def test_settings_of_the_ingestion() -> None:
    settings = IngestionSettings("KB1", "DS1", "/parameter", "Namespace", "support/documents")

    assert IngestionSettings.from_environment(settings.to_environment()) == settings
