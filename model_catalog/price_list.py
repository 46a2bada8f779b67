"""Rows of prices.json for models, from AWS's Price List API.

Attributes and usage type say what a product is. Products with an unknown model, unit or purpose are counted.
https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from model_catalog.model import Model

SERVICES = ("AmazonBedrock", "AmazonBedrockFoundationModels")
SOURCE = "AWS Price List API"
EDITION = " (Amazon Bedrock Edition)"
UNITS = {
    "1K tokens": "thousand tokens",
    "1M tokens": "million tokens",
    "hour": "hour",
    "month": "month",
    "image": "image",
}
# The first pattern that matches the usage (usage type, inference type, feature) gives the kind of price.
KINDS = (
    (r"mantle|latency|1h|30m|long.?c(on)?te?xt|audio|video|speech|image.?token|guardrail", None),
    (r"custom.?model.*(storage|month)|storage", "custom_model_month"),
    (r"custom.?model.*input|input.*custom.?model", "custom_input_tokens"),
    (r"custom.?model.*output|output.*custom.?model", "custom_output_tokens"),
    (r"training|customi[sz]ation", "training_tokens"),
    (r"provisioned", "provisioned_hour"),
    (r"batch.*input|input.*batch", "batch_input_tokens"),
    (r"batch.*output|output.*batch", "batch_output_tokens"),
    (r"cache.?read", "cache_read_tokens"),
    (r"cache.?write", "cache_write_tokens"),
    (r"input", "input_tokens"),
    (r"output", "output_tokens"),
)
KEY = ("model", "kind", "region", "tier", "commitment")
COMMITMENTS = ((r"no.?commit", "none"), (r"1.?mo", "OneMonth"), (r"6.?mo", "SixMonths"))


def products(pricing: Any) -> Iterator[dict[str, Any]]:
    """All products of Bedrock in all regions. `pricing` is a client of the Price List API."""
    for service in SERVICES:
        for page in pricing.get_paginator("get_products").paginate(ServiceCode=service, FormatVersion="aws_v1"):
            yield from (json.loads(text) for text in page["PriceList"])


def read_prices(listed: Iterable[dict[str, Any]], models: Iterable[Model]) -> tuple[list[dict[str, Any]], Counter[str]]:
    """Rows for prices.json, and the number of skipped products by model name."""
    by_name = _by_name(models)
    found: dict[tuple[Any, ...], list[dict[str, Any]]] = {}
    skipped = Counter[str]()
    for item in listed:
        row = _row(item, by_name)
        if row:
            found.setdefault(tuple(row[name] for name in KEY), []).append(row)
        else:
            skipped[_name(item["product"]["attributes"]) or "without a model's name"] += 1
    rows = []
    for same in found.values():
        if len({(row["usd"], row["per"]) for row in same}) == 1:
            rows.append(same[0])
        else:  # they differ in an attribute that this module does not know
            skipped[same[0]["model"]] += len(same)
    return rows, skipped


def replaced(old: Iterable[dict[str, Any]], new: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The rows entered by hand, then the API's: `new` replaces those of the same model, service and region."""
    covered = {_covers(row) for row in new}
    rows = list(old)
    people = [row for row in rows if row["entered"] != "api"]
    kept = [row for row in rows if row["entered"] == "api" and _covers(row) not in covered]
    return [*people, *kept, *sorted(new, key=lambda row: (*_covers(row), row["kind"], row["tier"] or ""))]


def _covers(row: Mapping[str, Any]) -> tuple[str, str, str]:
    return row["model"] or "", row["service"] or "", row["region"]


def _row(item: Mapping[str, Any], models: Mapping[str, Model]) -> dict[str, Any] | None:
    attributes = item["product"]["attributes"]
    usage = " ".join(
        attributes.get(key, "") for key in ("usagetype", "inferenceType", "feature", "service_tier")
    ).lower()
    kind = next((kind for pattern, kind in KINDS if re.search(pattern, usage)), None)
    model = models.get(_normalized(_name(attributes)))
    usd, unit = _price(item)
    per = next((per for name, per in UNITS.items() if name.lower() in unit.lower()), None)
    if not (kind and model and per and usd) or (kind.endswith("_tokens") != per.endswith("tokens")):
        return None
    commitment = next((name for pattern, name in COMMITMENTS if re.search(pattern, usage)), None)
    if kind == "provisioned_hour" and commitment is None:
        return None
    return {
        "model": f"{'global.' if 'global' in usage else ''}{model.inference_id}",
        "service": None,
        "kind": "embedding_tokens" if kind == "input_tokens" and "embedding" in model.output else kind,
        "commitment": commitment if kind == "provisioned_hour" else None,
        "region": attributes["regionCode"],
        "tier": next((tier for tier in ("priority", "flex") if tier in usage), None),
        "usd": usd,
        "per": per,
        "source": SOURCE,
        "date": item["publicationDate"][:10],
        "entered": "api",
        "verified": True,
    }


def _price(item: Mapping[str, Any]) -> tuple[float, str]:
    """Dollars and unit of the on-demand term; (0.0, "") if its price depends on the quantity."""
    terms = item.get("terms", {}).get("OnDemand", {}).values()
    dimensions = [dimension for term in terms for dimension in term["priceDimensions"].values()]
    if len(dimensions) != 1:
        return 0.0, ""
    return float(dimensions[0]["pricePerUnit"].get("USD", 0)), dimensions[0]["unit"]


def _by_name(models: Iterable[Model]) -> dict[str, Model]:
    """Models by normalized id and by normalized name, without names that two models share."""
    models = [model for model in models if not model.mantle_only]
    names = Counter(_normalized(model.name) for model in models)
    by_name = {_normalized(model.name): model for model in models if names[_normalized(model.name)] == 1}
    return by_name | {_normalized(model.inference_id): model for model in models}


def _name(attributes: Mapping[str, str]) -> str:
    return (attributes.get("model") or attributes.get("servicename") or "").removesuffix(EDITION)


def _normalized(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower())
