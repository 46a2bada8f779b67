"""Marks of passages in a model's text, which arrives in parts of any size."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_api.passage_citations import Citing

PASSAGES = [
    {"text": "Every two months.", "source": "s3://b/documents/descaling.md", "score": 0.9, "metadata": {}},
    {"text": "Vinegar.", "source": None, "score": 0.8, "metadata": {}},
]


def numbered(number: int) -> Any:
    return PASSAGES[number - 1] if 0 < number <= len(PASSAGES) else None


def read(*parts: str) -> tuple[str, list[tuple[str, str]]]:
    """The text, and (title, cited part of it) of each citation."""
    citing = Citing(numbered)
    found = [piece for part in parts for piece in citing.feed(part)] + list(citing.flush())
    text = "".join(piece for piece in found if isinstance(piece, str))
    citations = [piece for piece in found if not isinstance(piece, str)]
    return text, [(each["title"], text[each["start"] : each["end"]]) for each in citations]


@pytest.mark.parametrize(
    ("text", "shown", "citations"),
    [
        ("Every two months 【1】.", "Every two months.", [("descaling.md", "Every two months")]),
        ("🫖 Often.【1】 Use it. 【2】", "🫖 Often. Use it.", [("descaling.md", "🫖 Often."), ("", "Use it.")]),
        ("Yes【1】【2】", "Yes", [("descaling.md", "Yes"), ("", "Yes")]),
        ("Yes【1, 2】", "Yes", [("descaling.md", "Yes"), ("", "Yes")]),
        ("Yes 【1†descaling.md】", "Yes", [("descaling.md", "Yes")]),
        ("No such 【3】, 【0】 and 【1,9】", "No such 【3】, 【0】 and 【1,9】", []),
        ("日本【注】 [1] a【", "日本【注】 [1] a【", []),
        ("【" + "1" * 100 + "】", "【" + "1" * 100 + "】", []),
        ("【1】 begins", " begins", [("descaling.md", "")]),
        ("ends with spaces  ", "ends with spaces  ", []),
    ],
)
def test_marks_become_citations(text: str, shown: str, citations: list[tuple[str, str]]) -> None:
    assert read(text) == (shown, citations)
    assert read(*text) == (shown, citations), "character by character"


@given(st.text("ab 【】12,†", max_size=40), st.lists(st.integers(0, 40), max_size=5))
def test_parts_of_any_size_give_the_same(text: str, cuts: list[int]) -> None:
    places = sorted({0, len(text), *(min(cut, len(text)) for cut in cuts)})

    assert read(*(text[begin:end] for begin, end in itertools.pairwise(places))) == read(text)


def test_another_turn_of_the_model_begins_a_paragraph() -> None:
    citing = Citing(numbered)
    citing.separate()
    first = [*citing.feed("I look it up."), *citing.flush()]
    citing.separate()
    second = [*citing.feed("Often【1】"), *citing.flush()]

    assert (first, second[0]) == (["I look it up."], "\n\nOften")
    assert isinstance(second[1], dict)
    assert (second[1]["start"], second[1]["end"]) == (15, 20)
