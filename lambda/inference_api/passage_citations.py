"""Marks of passages in the text of a model, such as 【2】 -> citations, with offsets in the text without the marks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

INSTRUCTION = "After each statement that you take from a passage, write the number of the passage like this: 【1】."
_LONGEST = 60  # characters between the brackets
_MARK = re.compile(rf" *【([^【】]{{1,{_LONGEST}}})】")
_BEGUN = re.compile(rf" *(?:【[^【】]{{0,{_LONGEST}}})?$")
_SEPARATOR = "\n\n"

Passage = dict[str, Any]
Citation = dict[str, Any]


class Citing:
    """Takes the marks out of the text of one answer, which arrives in parts of any size.

    `numbered`: the passage with a number, None if there is none: then the mark stays in the text. A citation is
    Converse's {"title", "source", "sourceContent"} with `start` and `end`, of the text before the mark as a Python
    slice of the answer.
    """

    def __init__(self, numbered: Callable[[int], Passage | None]) -> None:
        self._numbered = numbered
        self._held = ""
        self._length = 0
        self._span = (0, 0)
        self._uncited = ""
        self._separate = False

    def feed(self, text: str) -> Iterator[str | Citation]:
        """The text and citations that `text` completes, in order. Holds back what may be the begin of a mark."""
        text = self._held + text
        begun = _BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        self._held = text[cut:]
        yield from self._parts(text[:cut])

    def flush(self) -> Iterator[str | Citation]:
        """What was held back, at the end of a block of text."""
        text, self._held = self._held, ""
        yield from self._parts(text)

    def separate(self) -> None:
        """The next text begins a paragraph: it is another turn of the model."""
        self._separate = self._length > 0
        self._uncited = ""

    def _parts(self, text: str) -> Iterator[str | Citation]:
        position = 0
        for mark in _MARK.finditer(text):
            passages = self._passages(mark[1])
            if passages:
                if mark.start() > position:
                    yield self._counted(text[position : mark.start()])
                position = mark.end()
                yield from self._citations(passages)
        if position < len(text):
            yield self._counted(text[position:])

    def _passages(self, content: str) -> Sequence[Passage]:
        """All that a mark names, also as `1, 2` or `1†source`, which OpenAI's models write. Empty for another text."""
        numbers = content.partition("†")[0]
        if not re.fullmatch(r"\s*\d{1,4}(\s*,\s*\d{1,4})*\s*", numbers):
            return ()
        found = [self._numbered(int(number)) for number in numbers.split(",")]
        return [passage for passage in found if passage] if all(found) else ()

    def _counted(self, text: str) -> str:
        if self._separate:
            text, self._separate = _SEPARATOR + text, False
        self._length += len(text)
        self._uncited += text
        return text

    def _citations(self, passages: Sequence[Passage]) -> Iterator[Citation]:
        if self._uncited.strip():  # else it is one more mark of the same text
            leading = len(self._uncited) - len(self._uncited.lstrip())
            self._span = (self._length - len(self._uncited) + leading, self._length)
        self._uncited = ""
        start, end = self._span
        for passage in passages:
            yield {
                "title": (passage["source"] or "").rpartition("/")[2],
                "source": passage["source"] or "",
                "sourceContent": [{"text": passage["text"]}],
                "start": start,
                "end": end,
            }
