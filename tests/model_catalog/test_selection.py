"""Filters are facts: what is unknown never fits and is counted; sorting puts it last."""

import datetime
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_catalog.model import Customization, Lifecycle, Model, Route, Serving, Source
from model_catalog.selection import Filters, select, sort
from tests.price_list import price_list, row

TODAY = datetime.date(2026, 11, 26)
SOURCE = Source("a test", "2026-11-25")
TUNING = Customization("FINE_TUNING", ("us-west-2",), "converse", 8, 100, None, None, None, (), {}, SOURCE)


def model(inference_id: str, *, status: str = "ACTIVE", **facts: object) -> Model:
    life = Lifecycle(status, None, None, None, None)
    usual: dict[str, object] = {"input": ("text",), "output": ("text",), "on_demand_regions": ("us-east-1",)}
    return Model(inference_id, inference_id, inference_id[0].upper(), lifecycle=life, listing=SOURCE, **(usual | facts))  # type: ignore[arg-type]


CHEAP = model("a.cheap", context_tokens=8_000, tools=False, streaming=True)
SEES = model("b.sees", input=("text", "image"), context_tokens=200_000, tools=True, streaming=False)
TRAINED = model(
    "c.trained", customizations={"FINE_TUNING": TUNING}, serving=Serving(on_demand=True, provisioned=False), tools=True
)
FAR = model("d.far", on_demand_regions=(), profiles={"eu": (Route(("eu-west-1",), ("eu-west-3",)),)}, status="LEGACY")
BOUGHT = model("e.bought", provisioned={"e.bought:24k": ("us-west-2",)}, output=("embedding",))
ALL = (CHEAP, SEES, TRAINED, FAR, BOUGHT)


@pytest.fixture(autouse=True)
def _prices(tmp_path: Path) -> Iterator[None]:
    rows = [
        row("input_tokens", 1.0, model="a.cheap"),
        row("output_tokens", 4.0, model="a.cheap"),
        row("input_tokens", 3.0, model="b.sees"),
        row("embedding_tokens", 0.5, model="e.bought"),
    ]
    with price_list(tmp_path, rows):
        yield


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), "abcde"),
        (Filters(provider="b"), "b"),
        (Filters(modality="image"), "b"),
        (Filters(output="embedding"), "e"),
        (Filters(region="eu-west-1"), "d"),
        (Filters(region="us-east-1"), "abce"),
        (Filters(customizable="ANY"), "c"),
        (Filters(customizable="FINE_TUNING", region="us-west-2"), "c"),
        (Filters(customizable="FINE_TUNING", region="us-east-1"), ""),
        (Filters(customizable="DISTILLATION"), ""),
        (Filters(customizable="ANY", serve="on-demand"), "c"),
        (Filters(customizable="ANY", serve="provisioned"), ""),
        (Filters(serve="provisioned"), "e"),
        (Filters(serve="provisioned", region="us-east-1"), ""),
        (Filters(min_context=100_000), "b"),
        (Filters(max_price_in=2.0), "ae"),
        (Filters(max_price_out=4.0), "a"),
        (Filters(tools=True), "bc"),
        (Filters(streaming=True), "a"),
        (Filters(active=True), "abce"),
    ],
)
def test_a_filter_keeps_what_is_known_to_fit(filters: Filters, ids: str) -> None:
    assert "".join(found.inference_id[0] for found in select(ALL, filters, TODAY).models) == ids


def test_a_model_is_unknown_only_if_no_known_fact_rules_it_out() -> None:
    selection = select(ALL, Filters(min_context=100_000, tools=True), TODAY)

    assert [found.inference_id for found in selection.unknown] == ["c.trained", "d.far", "e.bought"]


@pytest.mark.parametrize(
    ("key", "ids"), [("id", "abcde"), ("context", "bacde"), ("price-in", "eabcd"), ("price-out", "abcde")]
)
def test_what_is_unknown_is_sorted_last(key: str, ids: str) -> None:
    assert "".join(found.inference_id[0] for found in sort(list(ALL), key)) == ids
