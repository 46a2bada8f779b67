"""Settings of the inference API: the construct writes them, the function parses them.

They are environment variables, but for the aliases and what is known of the knowledge bases at synth: those are files
in the function's code, as the environment holds 4 KB.
https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

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
from kit_contract.model_arns import (
    APPLICATION_INFERENCE_PROFILE,
    FOUNDATION_MODEL,
    INFERENCE_PROFILE,
    PROVISIONED_MODEL,
    model_arn,
)

ACCOUNT = ":{account}:"
# What callers read in `served_by`, where it differs from the resource type of the ARN.
PROVISIONED_THROUGHPUT = "provisioned-throughput"
_KINDS = {APPLICATION_INFERENCE_PROFILE: INFERENCE_PROFILE, PROVISIONED_MODEL: PROVISIONED_THROUGHPUT}

# A JSON object of texts, for the variables of an alias's prompt: every client can send one, in every dialect.
VARIABLES_HEADER = "x-bedrock-kit-prompt-variables"
# Before /model in the paths of requests that are signed with AWS credentials.
IAM_PREFIX = "/iam"
# What a web page may read of a response, beside its body and type.
CORS_EXPOSED_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amzn-errortype",
    "x-bedrock-model",
    "x-bedrock-kit-served-by",
    "x-bedrock-kit-attempts",
    "x-bedrock-kit-prompt",
    "x-should-retry",
    "retry-after",
    "retry-after-ms",
)


class Model(NamedTuple):
    """A base model: Converse takes `id`, RetrieveAndGenerate takes `arn`. They are equal for a model given by ARN."""

    id: str
    arn: str

    @property
    def kind(self) -> str:
        arn = model_arn(self.arn)
        return _KINDS.get(arn.kind, arn.kind) if arn else FOUNDATION_MODEL

    @property
    def custom(self) -> bool:
        """Whether it may be a trained or imported model, which RetrieveAndGenerate gives no prompts of its own."""
        return self.kind not in (FOUNDATION_MODEL, INFERENCE_PROFILE)


class Prices(NamedTuple):
    """Of an alias: the name of tokens in Bedrock's usage, such as inputTokens -> US dollars of one, where known.

    `base`: of its foundation model. `custom`: of a custom model on demand.
    """

    base: Mapping[str, float]
    custom: Mapping[str, float]


class Prompt(NamedTuple):
    """`version` stands for the content (kit_contract/prompts.py). `variables`: values of those not given by callers."""

    name: str
    version: str
    text: str
    variables: Mapping[str, str] = MappingProxyType({})


class Alias(NamedTuple):
    """`order`: the places to try, first to last, each "provisioned", "on-demand" or "base".

    `embedding`: the id of the embedding model, None for a model that answers. `one_model`: all targets are the same
    base model or were trained from it, so they take the same body.
    `guardrail`: its name. `prompt`: comes before the caller's system messages.
    `profile_arn`: the application inference profile through which the base model is called.
    """

    base: Model
    order: tuple[str, ...]
    embedding: str | None = None
    one_model: bool = False
    guardrail: str | None = None
    prices: Prices | None = None
    prompt: Prompt | None = None
    profile_arn: str | None = None


class Guardrail(NamedTuple):
    """`version`: a number. A version never changes, so that an alias changes its guardrail with the function only."""

    name: str
    id: str
    version: str


class KnowledgeBase(NamedTuple):
    """`model` writes the answers if the request names no alias. `guardrail`: its name.

    `rerank_model_arn` is None if passages can't be reranked. `hybrid`: its store matches words. `managed`: its type.
    `prompt`: the template of what the model is asked; Bedrock's own if None.
    `parameter` publishes the id, which changes when a deploy replaces it; None if it never changes.
    """

    id: str
    model: Model
    rerank_model_arn: str | None = None
    guardrail: str | None = None
    hybrid: bool = False
    prompt: str | None = None
    parameter: str | None = None
    managed: bool = False


class Agent(NamedTuple):
    """`confirmed_tools`: those that a person approves -> the ARN of the function."""

    harness_arn: str
    confirmed_tools: Mapping[str, str] = MappingProxyType({})


class Settings(NamedTuple):
    """`aliases`, `knowledge_bases` and `guardrails`: by name.

    `cors_origins`: of web pages, or "*". `show_arns`: to callers that ask for them.
    `media_buckets`: each "bucket" or "bucket/prefix/", whose images and documents requests may name.
    `knowledge_base_seconds`: for how long the id of a knowledge base that was read is used.
    `agents`: by name. `approval_secret_arn` is None if none of them has confirmed tools.
    """

    kit_deployment: str
    aliases: Mapping[str, Alias]
    knowledge_bases: Mapping[str, KnowledgeBase]
    cors_origins: tuple[str, ...] = ()
    guardrails: Mapping[str, Guardrail] = MappingProxyType({})
    show_arns: bool = False
    media_buckets: tuple[str, ...] = ()
    agents: Mapping[str, Agent] = MappingProxyType({})
    approval_secret_arn: str | None = None
    knowledge_base_seconds: int = DEFAULT_KNOWLEDGE_BASE_SECONDS


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
            **({"hybrid": True} if item.hybrid else {}),
            **({"prompt": item.prompt} if item.prompt else {}),
            **({"parameter": item.parameter} if item.parameter else {}),
            **({"managed": True} if item.managed else {}),
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
            entry.get("hybrid", False),
            entry.get("prompt"),
            entry.get("parameter"),
            entry.get("managed", False),
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
