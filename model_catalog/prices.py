"""Prices of Bedrock and of the services around it, from prices.json, with source and date.

A price belongs to a model or to a service. The file is read on first use. An unknown price is None.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from kit_contract.places import newest

FILE = newest(Path(__file__).parent / "prices.json")
# `per` of a price -> quantity in the smallest unit (tokens, requests, hours, ...).
UNITS: Mapping[str, float] = {
    "thousand tokens": 1e3,
    "million tokens": 1e6,
    "request": 1,
    "10,000 requests": 1e4,
    "million requests": 1e6,
    "million traces": 1e6,
    "thousand metrics": 1e3,
    "minute": 1,
    "hour": 1,
    "month": 1,
    "GB": 1,
    "TB": 1e3,
    "GB-month": 1,
    "GB-second": 1,
    "vCPU-hour": 1,
    "GB-hour": 1,
    "thousand events": 1e3,
    "thousand records": 1e3,
    "image": 1,
    "thousand text units": 1e3,
}
# A geographic profile is billed at the price of the source region; a global profile has its own prices.
# https://docs.aws.amazon.com/bedrock/latest/userguide/cross-region-inference.html
GEOGRAPHIC = re.compile(r"^(us|us-gov|eu|apac|au|ca|in|jp)\.(?=[a-z0-9]+\.)")
CONTEXT_SUFFIX = re.compile(r":\d+k$")
EVERY_REGION = "*"


@dataclass(frozen=True)
class Price:
    """US dollars for one `per`. `entered` is "api" or "person"; a price is `verified` if it was read at AWS itself.

    `tier` is None for the standard tier, `commitment` is None for kinds without commitments.
    """

    kind: str
    model: str | None
    service: str | None
    commitment: str | None
    region: str
    tier: str | None
    usd: float
    per: str
    source: str
    date: str
    entered: str
    verified: bool

    def of(self, quantity: float) -> float:
        """US dollars for `quantity` of the smallest unit of `per`: tokens, requests, hours, ..."""
        return quantity / UNITS[self.per] * self.usd


Key = tuple[str, str | None, str | None, str | None, str | None]


def price(
    kind: str,
    *,
    model: str | None = None,
    service: str | None = None,
    region: str,
    commitment: str | None = None,
    tier: str | None = None,
) -> Price | None:
    """The price in `region`, or the one for all regions, or None.

    `model` is an inference, profile or customization id. Global profiles have prices under their own id.
    """
    plain = model and CONTEXT_SUFFIX.sub("", GEOGRAPHIC.sub("", model))
    regions = _index().get((kind, plain, service, commitment, tier), {})
    return regions.get(region) or regions.get(EVERY_REGION)


def prices() -> tuple[Price, ...]:
    return tuple(found for regions in _index().values() for found in regions.values())


@cache
def _index() -> Mapping[Key, Mapping[str, Price]]:
    data: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    index: dict[Key, dict[str, Price]] = {}
    for row in data["prices"]:
        found = Price(**row)
        key = (found.kind, found.model, found.service, found.commitment, found.tier)
        regions = index.setdefault(key, {})
        if found.entered == "api" or found.region not in regions:  # the API's price wins over one entered by hand
            regions[found.region] = found
    return index
