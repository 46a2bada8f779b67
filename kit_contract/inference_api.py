"""Settings of the inference API: the construct writes them, the function parses them.

They are environment variables, but for the aliases: those are a file in the function's code, as the environment holds
4 KB. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from kit_contract.environment import ACCOUNT_ID, CORS_ORIGINS, KIT_DEPLOYMENT, KNOWLEDGE_BASE_MODEL, KNOWLEDGE_BASES
from kit_contract.model_arns import (
    APPLICATION_INFERENCE_PROFILE,
    FOUNDATION_MODEL,
    INFERENCE_PROFILE,
    PROVISIONED_MODEL,
    model_arn,
)

ALIASES_FILE = "aliases.json"  # alias -> {"model", "arn", "order"}; beside the packages
AMAZON_ROOTS_FILE = "amazon_roots.pem"  # beside the packages, too
DESCRIPTION_FILE = "openapi.json.bz2"  # what GET /openapi.json answers; beside the packages
ACCOUNT = ":{account}:"
# What callers read in `served_by`, where it differs from the resource type of the ARN.
_KINDS = {APPLICATION_INFERENCE_PROFILE: INFERENCE_PROFILE, PROVISIONED_MODEL: "provisioned-throughput"}

METRIC_NAMESPACE = "BedrockKit/InferenceApi"
# What a web page may read of a response, beside its body and type.
CORS_EXPOSED_HEADERS = (
    "x-request-id",
    "request-id",
    "x-amzn-requestid",
    "x-amzn-errortype",
    "x-bedrock-model",
    "x-bedrock-kit-served-by",
    "x-bedrock-kit-attempts",
    "x-should-retry",
    "retry-after",
    "retry-after-ms",
)
RETRY_AFTER_MS_CONTEXT = "retryAfterMs"  # in the authorizer's context


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


class Alias(NamedTuple):
    """`order`: the places to try, first to last, each "provisioned", "on-demand" or "base"."""

    base: Model
    order: tuple[str, ...]


class Settings(NamedTuple):
    """`aliases`: by name. `knowledge_bases`: name -> knowledge base id.

    `knowledge_base_model` is None if the deployment has no knowledge base. `cors_origins`: of web pages, or "*".
    """

    kit_deployment: str
    aliases: Mapping[str, Alias]
    knowledge_bases: Mapping[str, str]
    knowledge_base_model: Model | None
    cors_origins: tuple[str, ...] = ()


def environment_from(settings: Settings, account: str, to_json: Callable[[object], str] = json.dumps) -> dict[str, str]:
    """The environment variables. At synth, `to_json` is `Stack.to_json_string`: ids and ARNs can hold tokens."""
    model = settings.knowledge_base_model
    return {
        KIT_DEPLOYMENT: settings.kit_deployment,
        ACCOUNT_ID: account,
        KNOWLEDGE_BASES: to_json(dict(settings.knowledge_bases)),
        **({KNOWLEDGE_BASE_MODEL: to_json(_entry(model))} if model else {}),
        **({CORS_ORIGINS: to_json(list(settings.cors_origins))} if settings.cors_origins else {}),
    }


def aliases_json(settings: Settings, account: str) -> str:
    """The content of ALIASES_FILE. Its ARNs have a placeholder for `account`, which can be a token at synth."""
    aliases = {
        name: {
            "model": alias.base.id,
            "arn": alias.base.arn.replace(f":{account}:", ACCOUNT),
            "order": list(alias.order),
        }
        for name, alias in settings.aliases.items()
    }
    return json.dumps(aliases, sort_keys=True, separators=(",", ":"))


def settings_from(environment: Mapping[str, str], aliases: str) -> Settings:
    """The reverse of `environment_from` and `aliases_json`. Raises KeyError if a variable is missing."""
    account = environment[ACCOUNT_ID]
    model = json.loads(environment.get(KNOWLEDGE_BASE_MODEL, "null"))
    return Settings(
        kit_deployment=environment[KIT_DEPLOYMENT],
        aliases={
            name: Alias(Model(entry["model"], entry["arn"].replace(ACCOUNT, f":{account}:")), tuple(entry["order"]))
            for name, entry in json.loads(aliases).items()
        },
        knowledge_bases=json.loads(environment[KNOWLEDGE_BASES]),
        knowledge_base_model=_model(model) if model else None,
        cors_origins=tuple(json.loads(environment.get(CORS_ORIGINS, "[]"))),
    )


def _entry(model: Model) -> dict[str, str]:
    return {"model": model.id, "arn": model.arn}


def _model(entry: Mapping[str, Any]) -> Model:
    return Model(id=entry["model"], arn=entry["arn"])
