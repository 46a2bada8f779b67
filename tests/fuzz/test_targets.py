"""A short run of every fuzz target: seeds, seeds that were cut and joined, and bytes of no meaning."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.fuzz.targets import TARGETS


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_pass(name: str) -> None:
    for seed in TARGETS[name].seeds:
        TARGETS[name].run(seed)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_seeds_that_were_cut_and_joined_pass(name: str, data: st.DataObject) -> None:
    target = TARGETS[name]
    seeds = st.sampled_from(target.seeds)
    parts = data.draw(st.lists(st.tuples(seeds, st.integers(0, 400), st.integers(0, 400)), max_size=4))

    target.run(b"".join(seed[start : start + length] for seed, start, length in parts))


@pytest.mark.parametrize("name", TARGETS)
@given(content=st.binary(max_size=300))
@settings(max_examples=60, deadline=None)
def test_any_bytes_pass(name: str, content: bytes) -> None:
    TARGETS[name].run(content)
