"""Prices of the services around the models: known usage types only, first step that costs, one row a region."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_catalog.prices import UNITS, Price
from model_catalog.service_prices import PRODUCTS, ServiceProduct, service_prices

Steps = Sequence[tuple[str, str]]
ONE_STEP = (("0", "0.5"),)


def product(usage_type: str, steps: Steps = ONE_STEP, region: str = "us-east-1") -> str:
    """The shape of one entry of GetProducts' PriceList."""
    dimensions = {
        f"S.T.{begin}": {"unit": "x", "beginRange": begin, "endRange": "Inf", "pricePerUnit": {"USD": usd}}
        for begin, usd in steps
    }
    return json.dumps(
        {
            "product": {"sku": "S", "attributes": {"regionCode": region, "usagetype": usage_type}},
            "terms": {"OnDemand": {"S.T": {"offerTermCode": "T", "sku": "S", "priceDimensions": dimensions}}},
            "publicationDate": "2026-11-20T10:00:00Z",
        }
    )


def list_services(stub: Stubber, listed: Mapping[ServiceProduct, Sequence[str]] | None = None) -> None:
    """Answers to every question of service_prices, `listed` and otherwise none."""
    for wanted in PRODUCTS:
        asked = {
            "ServiceCode": wanted.service_code,
            "Filters": [{"Type": "CONTAINS", "Field": "usagetype", "Value": wanted.usage_type}],
            "FormatVersion": "aws_v1",
        }
        stub.add_response("get_products", {"PriceList": list((listed or {}).get(wanted, ()))}, asked)


def rows(wanted: ServiceProduct, *listed: str) -> list[dict[str, Any]]:
    pricing = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    with Stubber(pricing) as stub:
        list_services(stub, {wanted: listed})
        found = service_prices(pricing)
        stub.assert_no_pending_responses()
    return found


@pytest.mark.parametrize("wanted", PRODUCTS, ids=lambda wanted: wanted.usage_type)
def test_a_product_becomes_the_row_that_the_estimate_looks_up(wanted: ServiceProduct) -> None:
    (found,) = rows(wanted, product(wanted.usage_type))

    assert Price(**found).of(UNITS[wanted.per]) == 0.5
    assert (found["service"], found["kind"], found["per"]) == (wanted.service, wanted.kind, wanted.per)
    assert (found["region"], found["date"], found["entered"], found["verified"]) == (
        "us-east-1",
        "2026-11-20",
        "api",
        True,
    )


@pytest.mark.parametrize("prefix", ["", "USE1-", "EU-", "APN1-", "USW2-", "EUC1-", "UGW1-"])
def test_the_regions_prefix_does_not_matter(prefix: str) -> None:
    assert len(rows(PRODUCTS[0], product(f"{prefix}Lambda-GB-Second-ARM", region="eu-west-1"))) == 1


@pytest.mark.parametrize(
    "usage_type", ["Lambda-Provisioned-GB-Second-ARM", "USE1-Lambda-GB-Second-ARM-Edge", "EU-X-Lambda-GB-Second-ARM"]
)
def test_another_usage_type_that_contains_the_name_is_not_taken(usage_type: str) -> None:
    assert rows(PRODUCTS[0], product(usage_type)) == []


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ([("1000", "0.1"), ("0", "0.3")], [0.3]),
        ([("0", "0.0"), ("25", "0.2"), ("100", "0.1")], [0.2]),
        ([("0", "0.0")], []),
        ([], []),
    ],
)
def test_the_first_step_that_costs_counts(steps: Steps, expected: list[float]) -> None:
    assert [found["usd"] for found in rows(PRODUCTS[0], product("Lambda-GB-Second-ARM", steps))] == expected


def test_each_region_has_its_own_row() -> None:
    listed = [product(f"{prefix}Lambda-GB-Second-ARM", region=region) for prefix, region in (("", "a"), ("USW2-", "b"))]

    assert [found["region"] for found in rows(PRODUCTS[0], *listed)] == ["a", "b"]
