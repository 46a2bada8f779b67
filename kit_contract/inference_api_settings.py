"""The settings of the inference API as the construct writes them and the function parses them.

They are environment variables, but for the aliases and what is known of the knowledge bases at synth: those are files
in the function's code, as the environment holds 4 KB.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from kit_contract.agents import CONFIRMED_TOOLS, HARNESS_ARN
from kit_contract.environment import (
    ACCOUNT_ID,
    AGENTS,
    APPROVAL_SECRET_ARN,
    CORS_ORIGINS,
    DEFAULT_KNOWLEDGE_BASE_SECONDS,
    GUARDRAILS,
    INFERENCE_PROFILES,
    KIT_DEPLOYMENT,
    KNOWLEDGE_BASE_SECONDS,
    KNOWLEDGE_BASES,
    MEDIA_BUCKETS,
    SHOW_ARNS,
)
from kit_contract.inference_api import Agent, Alias, Guardrail, KnowledgeBase, Model, Prices, Prompt, Settings
from kit_contract.model_arns import APPLICATION_INFERENCE_PROFILE
from kit_contract.vector_stores import UNKNOWN

ACCOUNT = ":{account}:"


def environment_from(settings: Settings, account: str, to_json: Callable[[object], str] = json.dumps) -> dict[str, str]:
    """The environment variables. At synth, `to_json` is `Stack.to_json_string`: ids and ARNs can hold tokens."""
    return {
        KIT_DEPLOYMENT: settings.kit_deployment,
        ACCOUNT_ID: account,
        KNOWLEDGE_BASES: to_json({name: item.id for name, item in settings.knowledge_bases.items()}),
        **({CORS_ORIGINS: to_json(list(settings.cors_origins))} if settings.cors_origins else {}),
        **_seconds_environment(settings.knowledge_base_seconds),
        **_guardrail_environment(settings, to_json),
        **_profile_environment(settings, to_json),
        **({SHOW_ARNS: "true"} if settings.show_arns else {}),
        **({MEDIA_BUCKETS: to_json(list(settings.media_buckets))} if settings.media_buckets else {}),
        **_agent_environment(settings, to_json),
    }


def _seconds_environment(seconds: int) -> dict[str, str]:
    return {} if seconds == DEFAULT_KNOWLEDGE_BASE_SECONDS else {KNOWLEDGE_BASE_SECONDS: str(seconds)}


def _profile_environment(settings: Settings, to_json: Callable[[object], str]) -> dict[str, str]:
    """Ids, not ARNs, as the environment holds 4 KB."""
    arns = {name: alias.profile_arn for name, alias in settings.aliases.items() if alias.profile_arn}
    return {INFERENCE_PROFILES: to_json({name: arn.rpartition("/")[2] for name, arn in arns.items()})} if arns else {}


def _agent_environment(settings: Settings, to_json: Callable[[object], str]) -> dict[str, str]:
    if not settings.agents:
        return {}
    agents = {
        name: {HARNESS_ARN: agent.harness_arn, CONFIRMED_TOOLS: dict(agent.confirmed_tools)}
        for name, agent in settings.agents.items()
    }
    secret = settings.approval_secret_arn
    return {AGENTS: to_json(agents), **({APPROVAL_SECRET_ARN: secret} if secret else {})}


def _guardrail_environment(settings: Settings, to_json: Callable[[object], str]) -> dict[str, str]:
    if not settings.guardrails:
        return {}
    guardrails = {name: {"id": item.id, "version": item.version} for name, item in settings.guardrails.items()}
    return {GUARDRAILS: to_json(guardrails)}


def aliases_json(settings: Settings, account: str) -> str:
    """The content of ALIASES_FILE."""
    aliases = {
        name: {
            **_entry(alias.base, account),
            "order": list(alias.order),
            **({"embedding": alias.embedding} if alias.embedding else {}),
            **({"one_model": True} if alias.one_model else {}),
            **({"guardrail": alias.guardrail} if alias.guardrail else {}),
            **({"prices": alias.prices} if alias.prices else {}),
            **({"prompt": [*alias.prompt[:3], dict(alias.prompt.variables)]} if alias.prompt else {}),
        }
        for name, alias in settings.aliases.items()
    }
    return json.dumps(aliases, sort_keys=True, separators=(",", ":"))


def knowledge_bases_json(settings: Settings, account: str) -> str:
    """The content of KNOWLEDGE_BASES_FILE: all but the ids, which can be tokens at synth."""
    entries = {
        name: {
            **_entry(item.model, account),
            **({"rerank": item.rerank_model_arn} if item.rerank_model_arn else {}),
            **({"guardrail": item.guardrail} if item.guardrail else {}),
            **({"store": item.store} if item.store else {}),
            **({"prompt": item.prompt} if item.prompt else {}),
            **({"parameter": item.parameter} if item.parameter else {}),
        }
        for name, item in settings.knowledge_bases.items()
    }
    return json.dumps(entries, sort_keys=True, separators=(",", ":"))


def settings_from(environment: Mapping[str, str], aliases: str, knowledge_bases: str = "{}") -> Settings:
    """The reverse of the functions above. Raises KeyError if a variable is missing."""
    account = environment[ACCOUNT_ID]
    profiles = json.loads(environment.get(INFERENCE_PROFILES, "{}"))
    return Settings(
        kit_deployment=environment[KIT_DEPLOYMENT],
        aliases={
            name: Alias(
                _model(entry, account),
                tuple(entry["order"]),
                entry.get("embedding"),
                entry.get("one_model", False),
                entry.get("guardrail"),
                Prices(*entry["prices"]) if "prices" in entry else None,
                Prompt(*entry["prompt"]) if "prompt" in entry else None,
                _profile_arn(entry["arn"], account, profiles.get(name)),
            )
            for name, entry in json.loads(aliases).items()
        },
        knowledge_bases=_knowledge_bases(environment, account, json.loads(knowledge_bases)),
        cors_origins=tuple(json.loads(environment.get(CORS_ORIGINS, "[]"))),
        guardrails={
            name: Guardrail(name, entry["id"], entry["version"])
            for name, entry in json.loads(environment.get(GUARDRAILS, "{}")).items()
        },
        show_arns=environment.get(SHOW_ARNS) == "true",
        media_buckets=tuple(json.loads(environment.get(MEDIA_BUCKETS, "[]"))),
        agents={
            name: Agent(entry[HARNESS_ARN], entry[CONFIRMED_TOOLS])
            for name, entry in json.loads(environment.get(AGENTS, "{}")).items()
        },
        approval_secret_arn=environment.get(APPROVAL_SECRET_ARN),
        knowledge_base_seconds=int(environment.get(KNOWLEDGE_BASE_SECONDS, DEFAULT_KNOWLEDGE_BASE_SECONDS)),
    )


def _knowledge_bases(
    environment: Mapping[str, str], account: str, entries: Mapping[str, Mapping[str, Any]]
) -> dict[str, KnowledgeBase]:
    """Those whose id is in the environment: Lambda changes code and environment one after the other."""
    ids = json.loads(environment[KNOWLEDGE_BASES])
    return {
        name: KnowledgeBase(
            ids[name],
            _model(entry, account),
            entry.get("rerank"),
            entry.get("guardrail"),
            entry.get("store", UNKNOWN),
            entry.get("prompt"),
            entry.get("parameter"),
        )
        for name, entry in entries.items()
        if name in ids
    }


def _entry(model: Model, account: str) -> dict[str, str]:
    """Its ARN has a placeholder for `account`, which can be a token at synth."""
    return {"model": model.id, "arn": model.arn.replace(f":{account}:", ACCOUNT)}


def _profile_arn(model_arn: str, account: str, profile: str | None) -> str | None:
    """In the partition and Region of the alias's model."""
    start = ":".join(model_arn.split(":", 4)[:4])
    return f"{start}:{account}:{APPLICATION_INFERENCE_PROFILE}/{profile}" if profile else None


def _model(entry: Mapping[str, Any], account: str) -> Model:
    return Model(entry["model"], entry["arn"].replace(ACCOUNT, f":{account}:"))
