"""[guardrails.*]: what CreateGuardrail would refuse is refused before a deploy, with the setting and the fix."""

from pathlib import Path

import pytest

from deployment.config import load_deployment_config
from deployment.sections.guardrails import ContentFilters, Strengths
from model_catalog.guardrail_profiles import GUARDRAIL_PROFILES, destinations, profiles_in
from stacks.guardrail_policies import guardrail_policies
from tests.deployment_file import SHIPPED, deployment_file, file_faults

ALIAS = "[inference_api.aliases.support-bot]\n"
APPLIED = SHIPPED.replace(ALIAS, f'{ALIAS}guardrail = "polite"\n', 1)


def guardrail(settings: str, text: str = APPLIED) -> str:
    return f"{text}\n[guardrails.polite]\n{settings}\n"


def topics(count: int, length: int = 20) -> str:
    return "\n".join(f'[guardrails.polite.topics.t{n}]\ndefinition = "{"d" * length}"' for n in range(count))


def regexes(count: int, pattern: str = "a") -> str:
    return "\n".join(
        f"[guardrails.polite.regexes.r{n}]\npattern = '{pattern}'\naction = \"block\"" for n in range(count)
    )


@pytest.mark.parametrize(
    ("settings", "where", "message"),
    [
        ("", "polite", "a guardrail needs something to block or mask; add content_filters"),
        ("profanity = true\nblocked_input = ''", "polite.blocked_input", "at least 1 character"),
        (f"profanity = true\nblocked_output = '{'x' * 501}'", "polite.blocked_output", "at most 500 characters"),
        (f"profanity = true\ndescription = '{'x' * 201}'", "polite.description", "at most 200 characters"),
        (f"words = ['{'x' * 101}']", "polite.words.0", "at most 100 characters"),
        ("words = ['one two three four']", "polite.words.0", "must have at most 3 words; shorten it"),
        (f"words = {['w'] * 10_001}", "polite.words", "at most 10000 items"),
        ("pii = { email = 'mask' }", "polite.pii.email", "must be 'block' or 'anonymize'"),
        ("pii = { mail = 'block' }", "polite.pii.mail", "'email'"),
        (regexes(31), "polite.regexes", "at most 30 items"),
        (regexes(1, "(?<!a)b"), "polite.regexes.r0.pattern", "guardrails have no lookaround"),
        (regexes(1, "x" * 501), "polite.regexes.r0.pattern", "at most 500 characters"),
        (topics(31), "polite.topics", "at most 30 items"),
        (topics(1, 1001), "polite.topics.t0.definition", "at most 1000 characters"),
        (topics(1, 201), "polite.topics.t0.definition", 'at most 200 characters with tier = "classic", got 201'),
        ("[guardrails.polite.topics.'a/b']\ndefinition = 'd'", "polite.topics.a/b", "must be letters, digits, spaces"),
        (topics(1) + "\nexamples = ['a','b','c','d','e','f']", "polite.topics.t0.examples", "at most 5 items"),
        ("grounding = { grounding = 1.0 }", "polite.grounding.grounding", "at most 0.99"),
        (
            "content_filters = { hate = 'max' }",
            "polite.content_filters.hate.input",
            "'none', 'low', 'medium' or 'high'",
        ),
        ("content_filters = { prompt_attack = { input = 'low' } }", "polite.content_filters.prompt_attack", "'none'"),
        ("profanity = true\ntier = 'standard'", "polite.profile", "needs a guardrail profile; set it to us.guardrail"),
        (
            "profanity = true\nprofile = 'eu.guardrail.v1:0'",
            "polite.profile",
            "is not a guardrail profile that us-east-1 can use, got 'eu.guardrail.v1:0'; use us.guardrail.v1:0",
        ),
        ("profanity = true\nprofile = 'us'", "polite.profile", "must be a guardrail profile such as us.guardrail.v1:0"),
    ],
)
def test_a_limit_of_guardrails(settings: str, where: str, message: str, tmp_path: Path) -> None:
    found = file_faults(tmp_path, guardrail(settings))

    assert [fault for fault in found if f"guardrails.{where}" in fault and message in fault], found


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (guardrail("profanity = true", SHIPPED), "guardrails.polite: nothing applies it; set guardrail = 'polite' in"),
        (APPLIED, "support-bot.guardrail: must be one of [guardrails.*], got 'polite'; allowed: none"),
        (
            APPLIED.replace('"polite"', f'"{"g" * 31}"').replace('name = "', f'name = "{"d" * 9}', 1)
            + f"[guardrails.{'g' * 31}]\nprofanity = true\n",
            "must have at most 50 characters, got",
        ),
    ],
)
def test_names_of_guardrails(text: str, message: str, tmp_path: Path) -> None:
    found = file_faults(tmp_path, text)

    assert [fault for fault in found if message in fault], found


def test_an_alias_that_embeds_has_no_guardrail(tmp_path: Path) -> None:
    embeds = "[inference_api.aliases.embeddings]\n"
    text = guardrail("profanity = true", APPLIED.replace(embeds, f'{embeds}guardrail = "polite"\n', 1))

    found = file_faults(tmp_path, text)

    assert [fault for fault in found if "aliases.embeddings.guardrail: amazon.titan-embed-text-v2:0 embeds" in fault]


def test_a_knowledge_base_needs_the_api_for_its_guardrail(tmp_path: Path) -> None:
    start = SHIPPED.index("[inference_api")
    base = SHIPPED[:start].replace("[knowledge_base]\n", '[knowledge_base]\nguardrail = "polite"\n', 1)

    found = file_faults(tmp_path, guardrail("profanity = true", base))

    assert any("knowledge_base.guardrail: the API applies it; add [inference_api]" in fault for fault in found), found


def test_everything_that_a_guardrail_can_have_is_passed_on(tmp_path: Path) -> None:
    settings = """
tier = "standard"
profile = "us.guardrail.v1:0"
words = ["acme"]
pii = { email = "anonymize" }
grounding = { relevance = 0.5 }
content_filters = { hate = "high", insults = { output = "low" }, prompt_attack = "medium" }
topics.Law = { definition = "Lawsuits", examples = ["Can I sue?"] }
regexes.serial = { pattern = "SN[0-9]+", action = "block" }
"""
    text = guardrail(settings)
    assert file_faults(tmp_path, text) == []

    section = load_deployment_config(deployment_file(tmp_path, text)).guardrails["polite"]

    assert guardrail_policies(section) == {
        "content_policy_config": {
            "filtersConfig": [
                {"type": "HATE", "inputStrength": "HIGH", "outputStrength": "HIGH"},
                {"type": "INSULTS", "inputStrength": "NONE", "outputStrength": "LOW"},
                {"type": "PROMPT_ATTACK", "inputStrength": "MEDIUM", "outputStrength": "NONE"},
            ],
            "contentFiltersTierConfig": {"tierName": "STANDARD"},
        },
        "topic_policy_config": {
            "topicsConfig": [{"name": "Law", "type": "DENY", "definition": "Lawsuits", "examples": ["Can I sue?"]}],
            "topicsTierConfig": {"tierName": "STANDARD"},
        },
        "word_policy_config": {"wordsConfig": [{"text": "acme"}]},
        "sensitive_information_policy_config": {
            "piiEntitiesConfig": [{"type": "EMAIL", "action": "ANONYMIZE"}],
            "regexesConfig": [{"name": "serial", "pattern": "SN[0-9]+", "action": "BLOCK"}],
        },
        "contextual_grounding_policy_config": {"filtersConfig": [{"type": "RELEVANCE", "threshold": 0.5}]},
    }


def test_a_filter_without_strength_is_left_out() -> None:
    assert ContentFilters(hate=Strengths()).strengths == {}


def test_a_profile_routes_to_where_it_may_be_called_from_and_unlisted_ones_anywhere() -> None:
    for profile, sources in GUARDRAIL_PROFILES.items():
        for region in sources:
            assert profile in profiles_in(region)
            assert region in destinations(profile, region)
    assert destinations("mars.guardrail.v1:0", "us-east-1") == ["*"]
