"""The table of differences in docs/datasets.md says what the kit does; every explanation belongs to a case."""

from pathlib import Path

import pytest

from benchmarks.validator_cases import CASES, EXPLAINED_RULES, EXPLANATIONS
from benchmarks.validator_differences import verdict

DOCUMENT = Path(__file__).resolve().parents[2] / "docs" / "datasets.md"


def documented() -> list[tuple[str, str, str]]:
    """(case, verdict of the kit, explanation) of every row."""
    rows = [line.strip("| ").split(" | ") for line in DOCUMENT.read_text(encoding="utf-8").splitlines()]
    return [(row[0], row[1], row[-1]) for row in rows if len(row) > 3 and row[0] in CASES]


def test_the_document_has_a_table() -> None:
    assert len(documented()) > 30


@pytest.mark.parametrize(("case", "kit", "why"), documented())
def test_a_row_says_what_the_kit_does_and_why(case: str, kit: str, why: str) -> None:
    record_format, line = CASES[case]

    assert verdict(line, record_format) == kit
    assert why == EXPLANATIONS[case]


def test_explanations_are_of_cases() -> None:
    assert EXPLANATIONS.keys() <= CASES.keys()
    assert set(EXPLAINED_RULES.values()) <= EXPLANATIONS.keys()
