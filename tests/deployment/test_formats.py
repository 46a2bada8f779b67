"""Names, ids and ARNs of deployment.toml: no wildcard, policy variable or text of another format passes one."""

import re
from collections.abc import Iterable, Iterator
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from deployment.config import DeploymentConfig
from deployment.sections import section
from deployment.sections.training import EXTERNAL_KINDS
from model_catalog.data_files import by_id

NEVER = (
    *("*", "?", "", " ", "arn:*", "arn:aws:*", "amazon.*", "amazon.nova-?", "${aws:username}", "amazon.${aws:x}"),
    *("amazon.nova-micro-v1:0\n", "amazon.nova-micro-v1:0 ", "../x", '"', "amazon.nova-micro-v1:0,other"),
    *("arn:aws:bedrock:*:111122223333:provisioned-model/abc", "arn:aws:bedrock:us-east-1:*:provisioned-model/abc"),
    *("arn:aws:bedrock:us-east-1:111122223333:provisioned-model/*", "arn:aws:bedrock:us-east-1::foundation-model/*"),
    *("arn:aws:bedrock:us-east-1:111122223333:*", "arn:*:bedrock:us-east-1:111122223333:imported-model/abc"),
    *("arn:aws:kms:us-east-1:111122223333:key/*", "arn:aws:kms:us-east-1:*:key/abc", "arn:aws:kms:us-east-1::key/abc"),
    *(
        "arn:aws:kms:us-east-1:111122223333:alias/mine",
        "arn:aws:kms:*:111122223333:key/abc",
        "*@example.com",
        "a@*.com",
    ),
    *("arn:aws:s3:::bucket", "arn:aws:iam::111122223333:role/x", "arn:aws:bedrock:us-east-1:111122223333:agent/abc"),
)
# Names of other sections, to which the checks compare them, and text that reaches a form, a prompt or an error message:
# never the resource or condition of a policy.
FREE_TEXT = {
    "agents.instructions",
    "agents.tools.description",
    "training.customizations.columns",  # names of columns in files
    "guardrails.blocked_input",
    "guardrails.blocked_output",
    "guardrails.description",
    "guardrails.regexes",  # names
    "guardrails.regexes.description",
    "guardrails.regexes.pattern",
    "guardrails.topics",  # names
    "guardrails.topics.definition",
    "guardrails.topics.examples",
    "guardrails.words",
    "knowledge_bases.parsing.prompt",
    "knowledge_base.prompt.text",  # in a file of the API's function
    "knowledge_bases.prompt.text",
    "knowledge_base.parsing.prompt",  # CloudFormation's dynamic references are refused
    "inference_api.cors_origins",  # checked as the origin of a URL, or "*"
    "model_access.use_case.company_name",
    "model_access.use_case.company_website",
    "model_access.use_case.industry",
    "model_access.use_case.other_industry",
    "model_access.use_case.use_cases",
    "prompts.description",
    "prompts.stop_sequences",
    "prompts.text",  # CloudFormation's dynamic references are refused
    *(f"pipeline.codepipeline.{name}" for name in ("check", "install", "kit")),  # commands of a shell
    "pipeline.codepipeline.tags",  # checked: a * reaches a trigger only
    "pipeline.github.tags",  # checked: a * at the end only
    "pipeline.gitlab.tags",
    "prompts.variables",  # values; the names have a format
    "provisioned_throughput.alias",
    *(f"training.{kind.kind}.promotion.smoke_prompts" for kind in EXTERNAL_KINDS),
    "training.customizations.promotion.smoke_prompts",  # CloudFormation's dynamic references are refused
    "provisioned_throughput.customization",
    "provisioned_throughput.schedule.time_zone",  # compared with the names of the time zone database
    "training.customizations.system",
    "training.customizations.hyperparameters",  # compared with the catalog
    "knowledge_base.sources.schedule",  # checked, but its * and ? are of cron
    "knowledge_bases.sources.schedule",
    *(f"{base}.sources.{name}" for base in ("knowledge_base", "knowledge_bases") for name in ("include", "exclude")),
    "training.customizations.distillation.invocation_logs.as_of",
    *(
        f"training.customizations.distillation.invocation_logs.filters.{place}{operator}"  # keys and values of metadata
        for place in ("", "and_all.", "or_all.")
        for operator in ("equals", "not_equals")
    ),
}


def _texts(annotation: Any, where: str, patterns: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Each text below the annotation, with the patterns that it must have."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        for name, field in annotation.model_fields.items():
            yield from _texts(field.annotation, f"{where}.{name}".lstrip("."), _patterns(field.metadata))
    elif origin is Annotated:
        yield from _texts(arguments[0], where, _patterns(annotation.__metadata__))
    elif origin in (Union, UnionType, list, dict):
        for argument in arguments:
            yield from _texts(argument, where, patterns)
    elif annotation is str and origin is not Literal:
        yield where, patterns


def _patterns(metadata: Iterable[Any]) -> tuple[str, ...]:
    flat = [part for item in metadata for part in (item, *getattr(item, "metadata", ()))]
    return tuple(item.pattern for item in flat if getattr(item, "pattern", None))


TEXTS = sorted(set(_texts(DeploymentConfig, "")))


def test_every_text_has_a_format_but_for_free_text() -> None:
    assert {where for where, patterns in TEXTS if not patterns} == FREE_TEXT
    assert len(TEXTS) > len(FREE_TEXT) + 10


@pytest.mark.parametrize("where", sorted({where for where, patterns in TEXTS if patterns}))
def test_a_format_takes_no_wildcard_and_no_policy_variable(where: str) -> None:
    patterns = [pattern for place, found in TEXTS if place == where for pattern in found]

    taken = [(pattern, text) for pattern in patterns for text in '*?${}\\"\n' if _takes_within(pattern, text)]

    assert taken == []


def _takes_within(pattern: str, character: str) -> bool:
    """Whether a text of this format stays one with the character put anywhere in it."""
    example = next(text for text in EXAMPLES if _takes(pattern, text))
    return any(_takes(pattern, example[:at] + character + example[at:]) for at in range(len(example) + 1))


EXAMPLES = (
    "arn:aws:sagemaker:us-east-1:111122223333:model-package/odi/3",
    *(
        "support-bot",
        "us-east-1",
        "111122223333",
        "08:00",
        "me@example.com",
        "amazon.nova-micro-v1:0",
        "Amazon Bedrock",
        "us.guardrail.v1:0",
        "KB12345678",
    ),
    "arn:aws:bedrock:us-east-1:111122223333:application-inference-profile/abcdefghijkl",
    "arn:aws:kms:us-east-1:111122223333:key/11111111-2222-3333-4444-555555555555",
    "arn:aws:lambda:us-east-1:111122223333:function:grader",
    "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/abcdefghijkl",
    "s3://bucket/prefix/",
    "grader.lambda_handler",
    "subnet-0123456789abcdef0",
    "arn:aws:sns:us-east-1:111122223333:pager",
    "arn:aws:codeconnections:us-east-1:111122223333:connection/0f0f0f0f-1111-2222-3333-444444444444",
    "group/subgroup/name",
    "sg-0123456789abcdef0",
    "s3://my-bucket/images/",
    "https://mcp.example.com/mcp",
    "octo-org/octo-repo",
    "gitlab.example.com",
)


def _takes(pattern: str, text: str) -> bool:
    class Only(BaseModel):
        value: Annotated[str, section.Field(pattern=pattern)]

    try:
        TypeAdapter(Only).validate_python({"value": text})
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("pattern", [section.MODEL_ID, section.MODEL_ID_OR_ARN, section.KMS_KEY_ARN, section.ADDRESS])
@pytest.mark.parametrize("text", NEVER)
def test_what_reaches_a_policy_is_an_id_or_an_arn(pattern: str, text: str) -> None:
    assert not _takes(pattern, text)


@pytest.mark.parametrize("pattern", [section.MODEL_ID, section.MODEL_ID_OR_ARN])
def test_every_id_of_the_catalog_and_of_its_profiles_is_an_id(pattern: str) -> None:
    profiles = [f"{prefix}.{name}" for name, model in by_id().items() for prefix in model.profiles]

    assert [name for name in (*by_id(), *profiles) if not re.search(pattern, name)] == []


def test_each_pattern_is_described_in_words() -> None:
    assert {re.compile(pattern).pattern for _, patterns in TEXTS for pattern in patterns} <= set(
        section.PATTERN_IN_WORDS
    )
