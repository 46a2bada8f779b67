"""Rows of prices.json for the services around the models, from AWS's Price List API, for known usage types only.

Of a price that depends on the quantity, the first step above zero counts; estimates of `kit cost` stay within it.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from model_catalog.price_list import SOURCE


@dataclass(frozen=True)
class ServiceProduct:
    """`usage_type` without the region's prefix; `per` is the unit of its price."""

    service_code: str
    usage_type: str
    service: str
    kind: str
    per: str


# Without queries of S3 Vectors: no source says which of its request tiers they are.
PRODUCTS = (
    ServiceProduct("AWSLambda", "Lambda-GB-Second-ARM", "lambda", "gb_second", "GB-second"),
    ServiceProduct("AWSLambda", "Request-ARM", "lambda", "request", "request"),
    ServiceProduct("AmazonApiGateway", "ApiGatewayRequest", "api-gateway", "request", "request"),
    ServiceProduct("AWSSecretsManager", "AWSSecretsManager-Secrets", "secrets-manager", "secret_month", "month"),
    ServiceProduct("AmazonCloudWatch", "CW:AlarmMonitorUsage", "cloudwatch", "alarm_month", "month"),
    ServiceProduct("AmazonCloudWatch", "CW:MetricMonitorUsage", "cloudwatch", "metric_month", "month"),
    ServiceProduct("AmazonS3", "TimedStorage-ByteHrs", "s3", "storage", "GB-month"),
    ServiceProduct("AmazonS3", "Vectors-TimedStorage-ByteHrs", "s3-vectors", "storage", "GB-month"),
    ServiceProduct("AmazonS3", "Vectors-Put-Bytes", "s3-vectors", "written", "GB"),
    ServiceProduct("AmazonS3", "Vectors-Query-ProcessedBytes-Tier1", "s3-vectors", "processed", "GB"),
)
# us-east-1 has no prefix or USE1-, eu-west-1 has EU-, the others have four or five letters and digits.
REGION_PREFIX = r"(?:[A-Z]{2,4}\d?-)?"


def service_prices(pricing: Any) -> list[dict[str, Any]]:
    """One row for each product and region, from a client of the Price List API."""
    rows: dict[tuple[str, str, str], dict[str, Any]] = {}
    for wanted in PRODUCTS:
        for item in _listed(pricing, wanted):
            if row := _row(item, wanted):
                rows[row["service"], row["kind"], row["region"]] = row
    return list(rows.values())


def _listed(pricing: Any, wanted: ServiceProduct) -> Iterator[dict[str, Any]]:
    contains = [{"Type": "CONTAINS", "Field": "usagetype", "Value": wanted.usage_type}]
    pages = pricing.get_paginator("get_products").paginate(
        ServiceCode=wanted.service_code, Filters=contains, FormatVersion="aws_v1"
    )
    for page in pages:
        yield from (json.loads(text) for text in page["PriceList"])


def _row(item: dict[str, Any], wanted: ServiceProduct) -> dict[str, Any] | None:
    attributes = item["product"]["attributes"]
    usd = _first_step(item.get("terms", {}).get("OnDemand", {}).values())
    if not re.fullmatch(REGION_PREFIX + re.escape(wanted.usage_type), attributes["usagetype"]) or usd is None:
        return None
    return {
        "model": None,
        "service": wanted.service,
        "kind": wanted.kind,
        "commitment": None,
        "region": attributes["regionCode"],
        "tier": None,
        "usd": usd,
        "per": wanted.per,
        "source": SOURCE,
        "date": item["publicationDate"][:10],
        "entered": "api",
        "verified": True,
    }


def _first_step(terms: Iterable[dict[str, Any]]) -> float | None:
    steps = [step for term in terms for step in term["priceDimensions"].values()]
    priced = [(float(step["beginRange"]), float(step["pricePerUnit"].get("USD", 0))) for step in steps]
    return next((usd for _, usd in sorted(priced) if usd > 0), None)
