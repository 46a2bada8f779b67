"""Rows from the Price List API: what is not recognised is counted, not guessed; people's rows stay."""

import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from model_catalog.model import Lifecycle, Model, Source
from model_catalog.price_list import products, read_prices, replaced
from tests.price_list import row

LIFE = Lifecycle("ACTIVE", None, None, None, None)
SOURCE = Source("a test", "2026-11-25")
MODELS = (
    Model("amazon.nova-micro-v1:0", "Nova Micro", "Amazon", ("text",), ("text",), LIFE, SOURCE),
    Model(
        "amazon.titan-embed-text-v2:0", "Titan Text Embeddings V2", "Amazon", ("text",), ("embedding",), LIFE, SOURCE
    ),
    Model("anthropic.claude-x", "Claude X", "Anthropic", ("text",), ("text",), LIFE, SOURCE),
)


def product(usagetype: str, usd: str = "0.5", unit: str = "1K tokens", **attributes: str) -> dict[str, Any]:
    """The shape of one entry of GetProducts' PriceList."""
    usual = {"regionCode": "us-east-1", "model": "Nova Micro", "usagetype": usagetype}
    step = {"unit": unit, "pricePerUnit": {"USD": usd}, "beginRange": "0", "endRange": "Inf", "description": "x"}
    term = {"offerTermCode": "T", "sku": "S", "priceDimensions": {"S.T.R": step}}
    return {
        "product": {"sku": "S", "productFamily": "Amazon Bedrock", "attributes": usual | attributes},
        "terms": {"OnDemand": {"S.T": term}},
        "publicationDate": "2026-11-20T10:00:00Z",
        "version": "1",
    }


@pytest.mark.parametrize(
    "item",
    [
        product("USE1-NovaMicro-input-tokens", unit="Units"),
        product("USE1-NovaMicro-input-tokens", model="Nova Nobody"),
        product("USE1-NovaMicro-input-tokens", usd="0"),
        product("USE1-NovaMicro-mantle-input-tokens"),
        product("USE1-NovaMicro-input-tokens-latency-optimized"),
        product("MP:USE1_cache_write_tokens_1h-Units"),
        product("USE1-NovaMicro-something-new"),
        product("USE1-NovaMicro-ProvisionedThroughput-ModelUnits", unit="hour"),
        product("USE1-NovaMicro-input-tokens", unit="hour"),
    ],
)
def test_what_is_not_recognised_is_counted(item: dict[str, Any]) -> None:
    rows, skipped = read_prices([item], MODELS)

    assert rows == []
    assert skipped.total() == 1


def test_two_prices_for_the_same_thing_are_none() -> None:
    rows, skipped = read_prices(
        [product("USE1-NovaMicro-input-tokens", usd="1"), product("USE1-NovaMicro-input-tokens-odd", usd="2")], MODELS
    )

    assert rows == []
    assert skipped == {"amazon.nova-micro-v1:0": 2}


def test_a_price_with_steps_of_quantity_is_left_out() -> None:
    item = product("USE1-NovaMicro-input-tokens")
    steps = item["terms"]["OnDemand"]["S.T"]["priceDimensions"]
    steps["S.T.R2"] = steps["S.T.R"] | {"beginRange": "1000"}

    assert read_prices([item], MODELS)[0] == []


@pytest.mark.parametrize(
    ("item", "expected"),
    [
        (product("USE1-NovaMicro-input-tokens"), {"kind": "input_tokens", "per": "thousand tokens", "tier": None}),
        (product("USE1-NovaMicro-output-tokens", unit="1M tokens"), {"kind": "output_tokens", "per": "million tokens"}),
        (product("USE1-NovaMicro-input-tokens-batch"), {"kind": "batch_input_tokens"}),
        (product("USE1-NovaMicro-cache-read-input-token-count"), {"kind": "cache_read_tokens"}),
        (product("USE1-NovaMicro-input-tokens-flex"), {"kind": "input_tokens", "tier": "flex"}),
        (product("USE1-x", inferenceType="Input tokens", service_tier="Priority"), {"tier": "priority"}),
        (
            product("USE1-NovaMicro-input-tokens-cross-region-global"),
            {"kind": "input_tokens", "model": "global.amazon.nova-micro-v1:0"},
        ),
        (product("USE1-NovaMicro-Customization-Training"), {"kind": "training_tokens"}),
        (product("USE1-NovaMicro-custom-model-storage", unit="month"), {"kind": "custom_model_month", "per": "month"}),
        (product("USE1-NovaMicro-custom-model-input-tokens"), {"kind": "custom_input_tokens"}),
        (product("USE1-NovaMicro-input-tokens-custom-model"), {"kind": "custom_input_tokens"}),
        (product("USE1-NovaMicro-output-tokens-custom-model"), {"kind": "custom_output_tokens"}),
        (product("USE1-NovaMicro-Customization-Storage", unit="month"), {"kind": "custom_model_month"}),
        (
            product("USE1-NovaMicro-ProvisionedThroughput-NoCommit-ModelUnits", unit="hour"),
            {"kind": "provisioned_hour", "commitment": "none"},
        ),
        (
            product("USE1-NovaMicro-ProvisionedThroughput-1-Month-Commit", unit="hour"),
            {"kind": "provisioned_hour", "commitment": "OneMonth", "per": "hour"},
        ),
        (
            product("USE1-NovaMicro-ProvisionedThroughput-NoCommit", unit="hour"),
            {"kind": "provisioned_hour", "commitment": "none"},
        ),
        (
            product("MP:USE1_InputTokenCount-Units", model="", servicename="Claude X (Amazon Bedrock Edition)"),
            {"kind": "input_tokens", "model": "anthropic.claude-x"},
        ),
        (
            product("USE1-Titan-input-tokens", model="amazon.titan-embed-text-v2:0"),
            {"kind": "embedding_tokens", "model": "amazon.titan-embed-text-v2:0"},
        ),
    ],
)
def test_a_product_becomes_a_row(item: dict[str, Any], expected: dict[str, Any]) -> None:
    (found,), skipped = read_prices([item], MODELS)

    assert found | expected == found
    assert (found["usd"], found["date"], found["verified"], found["entered"]) == (0.5, "2026-11-20", True, "api")
    assert not skipped


def test_every_page_of_both_services_is_read() -> None:
    pricing = boto3.client("pricing", region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b")
    item = json.dumps(product("USE1-NovaMicro-input-tokens"))
    with Stubber(pricing) as stub:
        for service in ("AmazonBedrock", "AmazonBedrockFoundationModels"):
            asked = {"ServiceCode": service, "FormatVersion": "aws_v1"}
            stub.add_response("get_products", {"PriceList": [item], "NextToken": "more"}, asked)
            stub.add_response("get_products", {"PriceList": [item]}, asked | {"NextToken": "more"})

        assert len(list(products(pricing))) == 4
        stub.assert_no_pending_responses()


def test_new_rows_take_the_place_of_the_apis_and_never_of_peoples() -> None:
    micro = "amazon.nova-micro-v1:0"
    person = row("input_tokens", 9.0, model=micro)
    stale = row("input_tokens", 1.0, model=micro, entered="api")
    elsewhere = row("input_tokens", 2.0, model=micro, region="eu-west-1", entered="api")
    new = row("input_tokens", 3.0, model=micro, entered="api")

    assert replaced([stale, person, elsewhere], [new]) == [person, elsewhere, new]


def test_rows_of_a_service_are_replaced_for_that_service_and_region_only() -> None:
    old = [
        row("storage", 1.0, "GB", service="s3", entered="api"),
        row("storage", 2.0, "GB", service="s3", region="eu-west-1", entered="api"),
        row("request", 3.0, "request", service="lambda", entered="api"),
    ]
    new = row("storage", 4.0, "GB", service="s3", entered="api")

    assert replaced(old, [new]) == [*old[1:], new]
