"""A billed resource, created by the kit or not."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum


class Kind(Enum):
    PROVISIONED_THROUGHPUT = "provisioned throughput"
    COLLECTION = "OpenSearch Serverless collection"
    VECTOR_CLUSTER = "Aurora cluster"
    MARKETPLACE_ENDPOINT = "Marketplace endpoint"
    IMPORTED_MODEL = "imported model"
    CUSTOM_MODEL = "custom model"
    CUSTOM_MODEL_DEPLOYMENT = "custom model deployment"


# An imported model is billed by use and its storage by the month: its copies are loaded only while it is called.
HOURLY = frozenset({Kind.PROVISIONED_THROUGHPUT, Kind.COLLECTION, Kind.VECTOR_CLUSTER, Kind.MARKETPLACE_ENDPOINT})


@dataclass(frozen=True)
class Commitment:
    """`usd_left`: what it costs until it ends; None if the price is unknown."""

    ends: datetime
    usd_left: float | None


@dataclass(frozen=True)
class BilledResource:
    """`usd_per_day` is None if the price is unknown, `tags` if they cannot be read."""

    kind: Kind
    name: str
    arn: str
    status: str
    what: str
    usd_per_day: float | None
    tags: Mapping[str, str] | None
    commitment: Commitment | None = None

    @property
    def hourly(self) -> bool:
        return self.kind in HOURLY
