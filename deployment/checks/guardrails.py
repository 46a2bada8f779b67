"""Faults of [guardrails.*] and of the names that refer to them."""

from collections.abc import Iterator

from deployment.alias_models import embedding_model
from deployment.config import DeploymentConfig
from deployment.sections.guardrails import Guardrail
from kit_contract.run_names import bedrock_name
from model_catalog.guardrail_profiles import profiles_in

MAX_NAME = 50
# https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-denied-topics.html
CLASSIC_DEFINITION = 200


def guardrail_faults(config: DeploymentConfig) -> Iterator[str]:
    for name, item in config.guardrails.items():
        where = f"guardrails.{name}"
        own_name = bedrock_name(config.deployment.name, name)
        if len(own_name) > MAX_NAME:
            yield (
                f"{where}: its name in Bedrock, {own_name}, must have at most {MAX_NAME} characters, "
                f"got {len(own_name)}; shorten the name of the section or of the deployment"
            )
        yield from _profile_faults(where, item, config)
        yield from _topic_faults(where, item)
        if name not in config.applied_guardrails.values():
            yield (
                f"{where}: nothing applies it; set guardrail = {name!r} in [inference_api.aliases.*], "
                "[agents.*], [knowledge_base] or [knowledge_bases.*], or remove the section"
            )
    yield from _reference_faults(config)


def _reference_faults(config: DeploymentConfig) -> Iterator[str]:
    known = ", ".join(config.guardrails) or "none"
    for where, name in config.applied_guardrails.items():
        if name not in config.guardrails:
            yield f"{where}.guardrail: must be one of [guardrails.*], got {name!r}; allowed: {known}"
    for alias, item in config.aliases.items():
        if item.guardrail and embedding_model(config, item.model):
            yield (
                f"inference_api.aliases.{alias}.guardrail: {item.model} embeds, and guardrails see answers only; "
                "remove the setting"
            )
    for where, section in config.knowledge_base_sections.items():
        if section.guardrail and not config.inference_api:
            yield f"{where}.guardrail: the API applies it; add [inference_api] or remove the setting"


def _profile_faults(where: str, item: Guardrail, config: DeploymentConfig) -> Iterator[str]:
    region = config.deployment.region
    allowed = profiles_in(region)
    if item.tier == "standard" and item.profile is None:
        fix = f"set it to {' or '.join(allowed)}" if allowed else f'{region} has none; set tier = "classic"'
        yield f'{where}.profile: tier = "standard" needs a guardrail profile; {fix}'
    if item.profile and item.profile not in allowed and not config.deployment.allow_unlisted:
        fix = f"use {' or '.join(allowed)}" if allowed else "remove it"
        yield f"{where}.profile: is not a guardrail profile that {region} can use, got {item.profile!r}; {fix}"


def _topic_faults(where: str, item: Guardrail) -> Iterator[str]:
    if item.tier == "standard":
        return
    for name, topic in item.topics.items():
        if len(topic.definition) > CLASSIC_DEFINITION:
            yield (
                f"{where}.topics.{name}.definition: must have at most {CLASSIC_DEFINITION} characters with tier = "
                f'"classic", got {len(topic.definition)}; shorten it or set tier = "standard"'
            )
