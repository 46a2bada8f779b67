"""Offsets of citations are Python slices of the answer, whatever Bedrock counts."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_api.answer_citations import citation_of

UNITS: dict[str, Callable[[str], int]] = {
    "code points": len,
    "UTF-16 units": lambda text: len(text.encode("utf-16-le")) // 2,
    "bytes": lambda text: len(text.encode()),
}


def cited(text: str, start: int, end: int) -> dict[str, Any]:
    return {"generatedResponsePart": {"textResponsePart": {"text": text, "span": {"start": start, "end": end}}}}


@pytest.mark.parametrize("unit", UNITS)
@pytest.mark.parametrize("inclusive", [True, False])
def test_a_citation_behind_emoji_and_behind_the_same_text(unit: str, inclusive: bool) -> None:
    text = "Every two months 🫖."
    before = f"🫖🧉 {text} 日本. "
    answer = f"{before}{text} Yes."
    count = UNITS[unit]
    start = count(before)

    found = citation_of(cited(text, start, start + count(text) - inclusive), answer)

    assert answer[found["start"] : found["end"]] == text
    assert found["start"] == len(before)


def test_a_text_that_the_answer_has_not_has_no_place() -> None:
    found = citation_of(cited("other", 0, 4), "answer")

    assert (found["text"], found["start"], found["end"], found["sources"]) == ("other", None, None, [])
    assert citation_of({}, "answer")["start"] is None


@given(st.lists(st.text("ab. 🫖é", min_size=1, max_size=6), min_size=1, max_size=6), st.sampled_from([0, 1]))
def test_the_parts_of_an_answer_are_found_where_they_are(parts: list[str], inclusive: int) -> None:
    answer = " ".join(parts)
    begin = 0
    for part in parts:
        found = citation_of(cited(part, begin, begin + len(part) - inclusive), answer)

        assert (found["start"], found["end"]) == (begin, begin + len(part))
        begin += len(part) + 1
