"""Settings that cross the Lambda border survive the environment, and leave nothing out."""

from kit_contract.inference_api import Agent, Alias, KnowledgeBase, Model, Settings
from kit_contract.inference_api_settings import aliases_json, environment_from, knowledge_bases_json, settings_from
from kit_contract.knowledge_base_ingestion import IngestionSettings

MICRO = Model("amazon.nova-micro-v1:0", "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0")
PROFILE = Model("us.amazon.nova-lite-v1:0", "arn:aws:bedrock:us-east-1:1:inference-profile/us.amazon.nova-lite-v1:0")


def test_settings_of_the_inference_api() -> None:
    bases = {
        "documents": KnowledgeBase("KB1", PROFILE, "arn:r", "polite", store="RDS", prompt="$search_results$"),
        "more": KnowledgeBase("2", MICRO),
    }
    settings = Settings("support", {"bot": Alias(MICRO, ("provisioned", "base"))}, bases)
    files = (aliases_json(settings, "1"), knowledge_bases_json(settings, "1"))

    assert ":1:" not in files[1]
    assert settings_from(environment_from(settings, "1"), *files) == settings


def test_a_knowledge_base_whose_id_is_not_in_the_environment_yet_is_left_out() -> None:
    settings = Settings("support", {}, {"documents": KnowledgeBase("KB1", MICRO)})
    before = environment_from(settings._replace(knowledge_bases={}), "1")

    assert settings_from(before, "{}", knowledge_bases_json(settings, "1")).knowledge_bases == {}


def test_the_environment_holds_twenty_knowledge_bases_with_the_longest_names() -> None:
    bases = {f"documents-of-a-department-{number:05}": KnowledgeBase("KB12345678", PROFILE) for number in range(20)}
    environment = environment_from(Settings("support", {}, bases), "111122223333")

    assert {len(name) for name in bases} == {31}
    assert sum(len(name) + len(value) for name, value in environment.items()) < 1_200  # of the 4,096 bytes of all


def test_settings_of_the_inference_api_without_a_knowledge_base() -> None:
    settings = Settings("support", {"bot": Alias(PROFILE, ("base",))}, {})

    assert settings_from(environment_from(settings, "1"), aliases_json(settings, "1")) == settings


def test_settings_with_agents() -> None:
    agents = {"support": Agent("arn:harness", {"tickets": "arn:function"}), "sales": Agent("arn:other")}
    settings = Settings("support", {}, {}, agents=agents, approval_secret_arn="arn:secret")

    assert settings_from(environment_from(settings, "1"), aliases_json(settings, "1")) == settings


def test_the_aliases_hold_no_account_and_the_function_names_its_own() -> None:
    settings = Settings("support", {"bot": Alias(PROFILE, ("base",))}, {})

    aliases = aliases_json(settings, "1")

    assert ":{account}:" in aliases
    assert ":2:" in settings_from(environment_from(settings, "2"), aliases).aliases["bot"].base.arn


def test_the_arn_gives_the_kind_of_a_model() -> None:
    assert [model.kind for model in (MICRO, PROFILE)] == ["foundation-model", "inference-profile"]


def test_settings_of_the_ingestion() -> None:
    settings = IngestionSettings("KB1", "DS1", "/parameter", "Namespace", "support/documents")

    assert IngestionSettings.from_environment(settings.to_environment()) == settings
