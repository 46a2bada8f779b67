"""What a guardrail costs: each policy is billed for the text that it sees, in text units of up to 1,000 characters.

Words, profanity and regexes are free. https://aws.amazon.com/bedrock/pricing/ (Amazon Bedrock Guardrails)
"""

from collections.abc import Iterator
from math import ceil
from typing import NamedTuple

from deployment.costs.lines import CostLine, line
from deployment.sections.guardrails import Grounding, Guardrail
from model_catalog.prices import price
from training_data.token_estimate import BYTES_PER_TOKEN

SERVICE = "bedrock-guardrails"
UNIT_CHARACTERS = 1_000


class GuardedText(NamedTuple):
    """Tokens of one request that a guardrail sees; `passages` are those that an answer is compared with."""

    prompt: int
    answer: int
    passages: int = 0


def guardrail_lines(section: Guardrail | None, text: GuardedText, requests: int, region: str) -> Iterator[CostLine]:
    for kind, units in _units(section, text).items() if section else ():
        name = kind.replace("_", " ")
        found = price(kind, service=SERVICE, region=region)
        what = f"{requests:,} x {units:,} text units"
        yield line(f"guardrail: {name}", what, requests * units, found, missing=f"guardrails' {name} in {region}")


def _units(section: Guardrail, text: GuardedText) -> dict[str, int]:
    prompt, answer = _text_units(text.prompt), _text_units(text.answer)
    strengths = section.content_filters.strengths.values()
    content = any(one.input != "none" for one in strengths) * prompt
    content += any(one.output != "none" for one in strengths) * answer
    grounded = section.grounding != Grounding() and text.passages
    found = {
        "content_filters": content,
        "denied_topics": prompt + answer if section.topics else 0,
        "sensitive_information": prompt + answer if section.pii else 0,
        "contextual_grounding": _text_units(sum(text)) if grounded else 0,
    }
    return {kind: units for kind, units in found.items() if units}


def _text_units(tokens: int) -> int:
    return ceil(tokens * BYTES_PER_TOKEN / UNIT_CHARACTERS)
