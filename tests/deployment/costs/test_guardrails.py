"""Guardrails are billed for each policy and text unit; words and regexes are free."""

import pytest

from deployment.costs.guardrails import GuardedText, guardrail_lines
from deployment.sections.guardrails import Guardrail

TEXT = GuardedText(prompt=300, answer=200)  # 1,200 and 800 characters: two units and one
PASSAGES = TEXT._replace(passages=1500)


@pytest.mark.parametrize(
    ("settings", "text", "amounts"),
    [
        ({"words": ["acme"], "profanity": True}, TEXT, {}),
        ({"pii": {"email": "block"}}, TEXT, {"sensitive information": 0.3}),
        ({"content_filters": {"prompt_attack": "high"}}, TEXT, {"content filters": 0.3}),
        ({"content_filters": {"hate": "high"}}, TEXT, {"content filters": 0.45}),
        ({"topics": {"Law": {"definition": "Lawsuits"}}}, TEXT, {"denied topics": 0.45}),
        ({"grounding": {"grounding": 0.5}}, TEXT, {}),
        ({"grounding": {"grounding": 0.5}}, PASSAGES, {"contextual grounding": 0.8}),
    ],
)
def test_a_thousand_requests(settings: dict[str, object], text: GuardedText, amounts: dict[str, float]) -> None:
    lines = guardrail_lines(Guardrail.model_validate(settings), text, 1000, "us-east-1")

    assert {line.part.removeprefix("guardrail: "): line.usd for line in lines} == pytest.approx(amounts)


def test_a_price_that_is_missing_is_said_to_be() -> None:
    (line,) = guardrail_lines(Guardrail(pii={"email": "block"}), TEXT, 1000, "eu-west-1")

    assert (line.usd, line.missing) == (None, "price of guardrails' sensitive information in eu-west-1")


def test_nothing_is_billed_without_a_guardrail() -> None:
    assert list(guardrail_lines(None, TEXT, 1000, "us-east-1")) == []
