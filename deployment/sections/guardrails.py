"""[guardrails.*]: what Amazon Bedrock Guardrails blocks or masks in prompts and answers.

The bounds are those of CreateGuardrail and of the quotas for guardrails.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_CreateGuardrail.html
"""

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from deployment.sections.section import GUARDRAIL_PROFILE, KmsKeyArn, Section

Strength = Literal["none", "low", "medium", "high"]
Tier = Literal["classic", "standard"]
Action = Literal["block", "anonymize"]
PiiEntity = Literal[
    "address",
    "age",
    "aws_access_key",
    "aws_secret_key",
    "ca_health_number",
    "ca_social_insurance_number",
    "credit_debit_card_cvv",
    "credit_debit_card_expiry",
    "credit_debit_card_number",
    "driver_id",
    "email",
    "international_bank_account_number",
    "ip_address",
    "license_plate",
    "mac_address",
    "name",
    "password",
    "phone",
    "pin",
    "swift_code",
    "uk_national_health_service_number",
    "uk_national_insurance_number",
    "uk_unique_taxpayer_reference_number",
    "url",
    "us_bank_account_number",
    "us_bank_routing_number",
    "us_individual_tax_identification_number",
    "us_passport_number",
    "us_social_security_number",
    "username",
    "vehicle_identification_number",
]
MAX_WORDS_IN_PHRASE = 3  # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-prereq.html
LOOKAROUND = re.compile(r"\(\?(?:<?[=!])")


def _short_phrase(text: str) -> str:
    if len(text.split()) > MAX_WORDS_IN_PHRASE:
        raise ValueError(f"must have at most {MAX_WORDS_IN_PHRASE} words; shorten it, or describe it as a topic")
    return text


def _without_lookaround(pattern: str) -> str:
    # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-sensitive-filters.html
    if LOOKAROUND.search(pattern):
        raise ValueError("guardrails have no lookaround such as (?=...) or (?<!...); write the pattern without it")
    return pattern


def _topic_name(name: str) -> str:
    if not re.fullmatch(r"[0-9a-zA-Z_ !?.-]+", name):
        raise ValueError("must be letters, digits, spaces and - _ ! ? . only; change it")
    return name


Message = Annotated[str, Field(min_length=1, max_length=500)]
Phrase = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_short_phrase)]
Example = Annotated[str, Field(min_length=1, max_length=100)]
TopicName = Annotated[str, Field(min_length=1, max_length=100), AfterValidator(_topic_name)]
RegexName = Annotated[str, Field(min_length=1, max_length=100)]
Threshold = Annotated[float, Field(ge=0, le=0.99)]


class Strengths(Section):
    """How strongly a filter acts on prompts (`input`) and on answers (`output`)."""

    input: Strength = "none"
    output: Strength = "none"


def _both_ways(value: object) -> object:
    return {"input": value, "output": value} if isinstance(value, str) else value


StrengthOrStrengths = Annotated[Strengths, BeforeValidator(_both_ways, json_schema_input_type=Strength | Strengths)]


class ContentFilters(Section):
    """A strength for prompts and answers, or one for each. `prompt_attack` is of prompts only."""

    sexual: StrengthOrStrengths = Strengths()
    violence: StrengthOrStrengths = Strengths()
    hate: StrengthOrStrengths = Strengths()
    insults: StrengthOrStrengths = Strengths()
    misconduct: StrengthOrStrengths = Strengths()
    prompt_attack: Strength = "none"

    @property
    def strengths(self) -> dict[str, Strengths]:
        """Of the filters that do anything, by Bedrock's name."""
        given = {name: getattr(self, name) for name in type(self).model_fields}
        given["prompt_attack"] = Strengths(input=self.prompt_attack)
        return {name.upper(): value for name, value in given.items() if value != Strengths()}


class Topic(Section):
    """A topic to deny. `definition` says what belongs to it, `examples` are prompts about it."""

    definition: Annotated[str, Field(min_length=1, max_length=1000)]
    examples: Annotated[list[Example], Field(max_length=5)] = []


class Regex(Section):
    pattern: Annotated[str, Field(min_length=1, max_length=500), AfterValidator(_without_lookaround)]
    action: Action
    description: Annotated[str, Field(min_length=1, max_length=1000)] | None = None


class Grounding(Section):
    """Answers from a knowledge base that score below a threshold are blocked."""

    grounding: Threshold | None = None
    relevance: Threshold | None = None


class Guardrail(Section):
    """`blocked_input` and `blocked_output` are what the caller reads in place of a blocked prompt or answer.

    `tier` "standard" needs a `profile`, a guardrail profile such as us.guardrail.v1:0, whose Regions it may run in.
    `kms_key_arn`: your own key, in place of Bedrock's, encrypts the section's settings.
    """

    description: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    blocked_input: Message = "Sorry, I can't help with this request."
    blocked_output: Message = "Sorry, I can't give this answer."
    tier: Tier = "classic"
    profile: Annotated[str, Field(pattern=GUARDRAIL_PROFILE)] | None = None
    kms_key_arn: KmsKeyArn | None = None
    content_filters: ContentFilters = ContentFilters()
    topics: Annotated[dict[TopicName, Topic], Field(max_length=30)] = {}
    words: Annotated[list[Phrase], Field(max_length=10_000)] = []
    profanity: bool = False
    pii: dict[PiiEntity, Action] = {}
    regexes: Annotated[dict[RegexName, Regex], Field(max_length=30)] = {}
    grounding: Grounding = Grounding()

    @model_validator(mode="after")
    def _has_a_policy(self) -> Self:
        policies = (self.content_filters.strengths, self.topics, self.words, self.profanity, self.pii, self.regexes)
        if not any(policies) and self.grounding == Grounding():
            raise ValueError(
                "a guardrail needs something to block or mask; add content_filters, topics, words, profanity, pii, "
                "regexes or grounding"
            )
        return self
