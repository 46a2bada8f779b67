"""Prices: every row has its source, and a lookup gives the row of that model, region and tier or nothing."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from model_catalog import prices
from model_catalog.catalog import UnknownModelError, find
from model_catalog.prices import UNITS, Price, price
from tests.price_list import price_list, row

ROWS = json.loads(prices.FILE.read_text(encoding="utf-8"))["prices"]
DATE = re.compile(r"^\d{4}(-\d{2}(-\d{2})?)?$")
MICRO = "amazon.nova-micro-v1:0"


@pytest.fixture
def _few(tmp_path: Path) -> Iterator[None]:
    rows = [
        row("input_tokens", 2.0, model=MICRO),
        row("input_tokens", 3.0, model=MICRO, region="us-west-2"),
        row("input_tokens", 1.0, model=MICRO, tier="flex"),
        row("input_tokens", 1.5, model=f"global.{MICRO}"),
        row("provisioned_hour", 10.0, "hour", model=MICRO, commitment="none"),
        row("custom_model_month", 4.0, "month", region="*"),
        row("storage", 5.0, "GB-month", service="s3"),
    ]
    with price_list(tmp_path, rows):
        yield


@pytest.mark.parametrize("model", [MICRO, "amazon.nova-lite-v1:0", "amazon.nova-pro-v1:0"])
@pytest.mark.parametrize("way", ["input", "output"])
def test_a_custom_nova_model_on_demand_costs_its_base_models_tokens(model: str, way: str) -> None:
    custom = price(f"custom_{way}_tokens", model=model, region="us-east-1")
    base = price(f"{way}_tokens", model=model, region="us-east-1")

    assert custom
    assert usd(custom) == usd(base)
    assert "AWS's blog of 2026-04-16" in custom.source


def usd(found: Price | None) -> float | None:
    return found.usd if found else None


def test_the_shipped_rows_have_source_date_unit_and_one_owner_at_most() -> None:
    assert len(ROWS) > 30
    for one in ROWS:
        assert set(one) == set(Price.__dataclass_fields__), one
        assert one["source"], one
        assert DATE.match(one["date"]), one
        assert one["per"] in UNITS, one
        assert one["usd"] > 0, one
        assert one["entered"] in ("api", "person"), one
        assert one["model"] is None or one["service"] is None, one
        copied = "third" in one["source"] or "user recorded" in one["source"]
        assert not (one["verified"] and copied), one


def test_no_two_shipped_rows_say_the_same() -> None:
    told_apart_by = ("kind", "model", "service", "commitment", "region", "tier", "entered")
    assert len({tuple(one[name] for name in told_apart_by) for one in ROWS}) == len(ROWS)


@pytest.mark.parametrize("order", [1, -1])
def test_a_row_of_the_api_goes_before_one_that_people_entered(tmp_path: Path, order: int) -> None:
    rows = [row("input_tokens", 2.0, model=MICRO), row("input_tokens", 3.0, model=MICRO, entered="api")]

    with price_list(tmp_path, rows[::order]):
        assert usd(price("input_tokens", model=MICRO, region="us-east-1")) == 3.0
        assert [one.usd for one in prices.prices()] == [3.0]


def test_the_shipped_rows_name_models_of_the_catalog() -> None:
    for model in sorted({one["model"] for one in ROWS if one["model"]}):
        try:
            find(model)
        except UnknownModelError as error:
            pytest.fail(f"{model}: {error}")


@pytest.mark.usefixtures("_few")
@pytest.mark.parametrize("identifier", [MICRO, f"us.{MICRO}", f"{MICRO}:128k", f"us.{MICRO}:128k"])
def test_a_geographic_profile_and_a_customization_id_have_their_models_price(identifier: str) -> None:
    assert usd(price("input_tokens", model=identifier, region="us-east-1")) == 2.0


@pytest.mark.usefixtures("_few")
def test_a_global_profile_has_a_price_of_its_own_or_none() -> None:
    assert usd(price("input_tokens", model=f"global.{MICRO}", region="us-east-1")) == 1.5
    assert price("output_tokens", model=f"global.{MICRO}", region="us-east-1") is None


@pytest.mark.usefixtures("_few")
def test_region_tier_and_commitment_are_told_apart() -> None:
    assert usd(price("input_tokens", model=MICRO, region="us-west-2")) == 3.0
    assert usd(price("input_tokens", model=MICRO, region="us-east-1", tier="flex")) == 1.0
    assert price("input_tokens", model=MICRO, region="eu-west-1") is None
    assert usd(price("provisioned_hour", model=MICRO, region="us-east-1", commitment="none")) == 10.0
    assert price("provisioned_hour", model=MICRO, region="us-east-1", commitment="OneMonth") is None


@pytest.mark.usefixtures("_few")
def test_a_price_of_every_region_holds_where_there_is_no_other() -> None:
    assert usd(price("custom_model_month", region="ap-south-1")) == 4.0
    assert price("storage", service="s3", region="ap-south-1") is None
    assert price("storage", region="us-east-1") is None


@pytest.mark.parametrize(
    ("per", "quantity", "expected"),
    [("million tokens", 500_000, 1.0), ("thousand tokens", 500, 1.0), ("hour", 3, 6.0), ("10,000 requests", 1, 0.0002)],
)
def test_an_amount_counts_in_the_smallest_unit(per: str, quantity: float, expected: float) -> None:
    assert Price(**row("any", 2.0, per)).of(quantity) == pytest.approx(expected)


def test_the_prices_are_not_read_at_import() -> None:
    code = "import model_catalog.prices as p; print(p._index.cache_info().currsize)"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "0\n"
