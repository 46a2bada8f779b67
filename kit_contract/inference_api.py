"""What the inference API serves, and what its callers send and read: see inference_api_settings.py for its form."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from kit_contract.environment import DEFAULT_KNOWLEDGE_BASE_SECONDS
from kit_contract.model_arns import (
    APPLICATION_INFERENCE_PROFILE,
    FOUNDATION_MODEL,
    INFERENCE_PROFILE,
    PROVISIONED_MODEL,
    model_arn,
)
from kit_contract.vector_stores import MANAGED, UNKNOWN

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

    `rerank_model_arn` is None if passages can't be reranked. `store`: of its vectors, see vector_stores.py.
    `prompt`: the template of what the model is asked; Bedrock's own if None.
    `parameter` publishes the id, which changes when a deploy replaces it; None if it never changes.
    """

    id: str
    model: Model
    rerank_model_arn: str | None = None
    guardrail: str | None = None
    store: str = UNKNOWN
    prompt: str | None = None
    parameter: str | None = None

    @property
    def managed(self) -> bool:
        return self.store == MANAGED


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
