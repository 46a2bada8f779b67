"""Checks of the inference API's arguments."""

from collections.abc import Mapping, Sequence

from bedrock_constructs.arguments import (
    ALIAS,
    ALIAS_IN_WORDS,
    check_dict,
    check_each,
    check_positive,
    check_whole,
)
from bedrock_constructs.guardrails import Guardrail
from bedrock_constructs.inference_api.served import SearchedKnowledgeBase
from bedrock_constructs.inference_api.targets import ServedAlias, ServedKnowledgeBase

# Ids of models, too: clients of Bedrock go on naming theirs.
API_ALIAS, API_ALIAS_IN_WORDS = r"[a-zA-Z0-9][a-zA-Z0-9_.:-]{0,62}", "1 to 63 letters, digits and . _ : -"
IAM_CALLER = "[0-9]{12}|arn:[^:*]+:iam::[0-9]{12}:(role|user)/[^*?$]+"
IAM_CALLER_IN_WORDS = "the 12 digits of an AWS account, or the ARN of a role or user"


def check_served(
    aliases: Mapping[str, ServedAlias | str],
    knowledge_bases: Mapping[str, ServedKnowledgeBase | SearchedKnowledgeBase],
    guardrails: Mapping[str, Guardrail],
) -> None:
    check_dict("aliases", aliases, ServedAlias | str, "names, and ids of models or what served_alias gives")
    if not aliases:
        raise ValueError("aliases must have at least one, got none; add one")
    check_dict("knowledge_bases", knowledge_bases, object, "names and knowledge bases")
    check_dict("guardrails", guardrails, Guardrail, "names and Guardrail")
    check_each("aliases", list(aliases), API_ALIAS, API_ALIAS_IN_WORDS)
    check_each("knowledge_bases", list(knowledge_bases), ALIAS, ALIAS_IN_WORDS)
    for name, given in (("aliases", aliases), ("knowledge_bases", knowledge_bases)):
        for key, item in given.items():
            guardrail = getattr(item, "guardrail", None)
            if guardrail and guardrail not in guardrails:
                raise ValueError(f"{name}[{key!r}].guardrail must be in guardrails, got {guardrail!r}; add it there")
    for key, base in knowledge_bases.items():
        served = isinstance(base, ServedKnowledgeBase) or hasattr(base, "knowledge_base_id")
        if not served:
            words = "a knowledge base, or ServedKnowledgeBase for one that exists"
            raise ValueError(f"knowledge_bases[{key!r}] must be {words}, got {base!r}; change it")


def check_limits(rate: float, burst: int, quota: int, stage_rate: float, stage_burst: int) -> None:
    check_positive("throttle_rate_per_second", rate)
    check_whole("throttle_burst", burst, 1)
    check_whole("monthly_quota", quota, 1)
    check_positive("stage_rate_per_second", stage_rate)
    check_whole("stage_burst", stage_burst, 1)


def check_callers(
    cors_origins: Sequence[str],
    media_buckets: Sequence[str],
    iam_callers: Sequence[str] | None,
    model_keys: Sequence[str],
) -> None:
    check_each(
        "cors_origins",
        cors_origins,
        r"\*|[a-z][a-z0-9+.-]*://[^/*]+",
        "an origin such as https://app.example.com, or *",
    )
    check_each("media_buckets", media_buckets, "[a-z0-9][a-z0-9.-]+(/([^/*?$]+/)*)?", '"bucket" or "bucket/prefix/"')
    check_each("iam_callers", iam_callers or (), IAM_CALLER, IAM_CALLER_IN_WORDS)
    check_each("model_keys", model_keys, "arn:.+", "the ARN of a KMS key")
