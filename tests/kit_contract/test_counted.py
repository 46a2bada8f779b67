"""Numbers in words, and that no message has a fixed plural where it can be one."""

import ast
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from kit_contract.counted import counted

PROJECT = Path(__file__).resolve().parents[2]
ROOMS = (
    "kit",
    "deployment",
    "examples",
    "lambda",
    "kit_contract",
    "billed_resources",
    "training_data",
    "model_catalog",
)
PLURAL = re.compile(r" (?:more )?(documents|records|questions|requests|passages|jobs|calls|objects|queries|prompts)\b")

NUMBER = re.compile(r"\blen\(|count|\.(records|requests|passages|queries|asked)\b|\['\w+'\]$")


@pytest.mark.parametrize(
    ("number", "said"), [(0, "0 documents"), (1, "1 document"), (2, "2 documents"), (2_000, "2,000 documents")]
)
def test_one_is_singular(number: int, said: str) -> None:
    assert counted(number, "document") == said


def test_a_plural_may_be_given() -> None:
    assert [counted(number, "query", "queries") for number in (1, 2)] == ["1 query", "2 queries"]


@pytest.mark.parametrize("room", ROOMS)
def test_no_message_counts_with_a_fixed_plural(room: str) -> None:
    found = [f"{path.relative_to(PROJECT)}: {text}" for path in (PROJECT / room).rglob("*.py") for text in _fixed(path)]

    assert not found, "\n".join([*found, "write counted(number, noun)"])


def _fixed(path: Path) -> Iterator[str]:
    """A number that is formatted, such as a length, with a plural behind it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        parts = node.values if isinstance(node, ast.JoinedStr) else []
        for before, after in pairwise(parts):
            if isinstance(before, ast.FormattedValue) and isinstance(after, ast.Constant):
                if re.match(r"[\w -]*\(s\)", str(after.value)):
                    yield f"{{{ast.unparse(before.value)}}}{after.value!s}"
                value = ast.unparse(before.value)
                plural = PLURAL.match(str(after.value))
                if plural and NUMBER.search(value) and not value.startswith("counted("):
                    yield f"{{{value}}}{plural[0]}"
