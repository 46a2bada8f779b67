"""No shell or Python block is left out in silence: each runs in one place, or is listed with the reason."""

import re
from pathlib import Path

import pytest

from tests.docs.pages import PROJECT, Block, blocks
from tests.docs.snippets import EMBEDDED, NOT_RUN, places

RUNNABLE = [block for block in blocks() if block.language in ("sh", "python")]


@pytest.mark.parametrize("block", RUNNABLE, ids=str)
def test_a_block_has_one_place_where_it_runs(block: Block) -> None:
    assert len(places(block)) == 1


def test_every_entry_has_its_block_and_every_embedded_one_its_test() -> None:
    used = {place for block in RUNNABLE for place in places(block)}
    tests = (PROJECT / "tests" / "end_to_end" / "test_snippets.py").read_text(encoding="utf-8")

    assert used == {
        "offline",
        "synthesized",
        *(f"embedded: {s}" for _, s in EMBEDDED),
        *(f"not run: {s}" for _, s in NOT_RUN),
    }
    assert [start for _, start in EMBEDDED if start.strip() not in tests] == []


def test_the_tests_that_stand_in_for_a_block_exist() -> None:
    for path in re.findall(r"tests/[\w/.]*\w", " ".join(NOT_RUN.values())):
        assert (PROJECT / Path(path)).exists(), path


def test_a_block_without_a_place_is_noticed() -> None:
    assert places(Block("docs/costs.md", 1, "sh", "aws bedrock list-tags-for-resource\n", "")) == []
