"""A resource that is billed, whoever made it, and the tags by which the kit knows its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

DEPLOYMENT_TAG = "bedrock-kit:deployment"
RESOURCE_TAG = "bedrock-kit:resource"  # <stack>/<logical id>


class Kind(Enum):
    PROVISIONED_THROUGHPUT = "provisioned throughput"
    COLLECTION = "OpenSearch Serverless collection"
    MARKETPLACE_ENDPOINT = "Marketplace endpoint"
    IMPORTED_MODEL = "imported model"
    CUSTOM_MODEL = "custom model"
    CUSTOM_MODEL_DEPLOYMENT = "custom model deployment"


# An imported model's copies are loaded while it is called, so it stands between: by use, and its storage by the month.
HOURLY = frozenset({Kind.PROVISIONED_THROUGHPUT, Kind.COLLECTION, Kind.MARKETPLACE_ENDPOINT})


@dataclass(frozen=True)
class Commitment:
    """`usd_left`: what it still costs until it ends, None where no source gives the price."""

    ends: datetime
    usd_left: float | None


@dataclass(frozen=True)
class BilledResource:
    """`usd_per_day` is None where no source gives it; `tags` is None where they could not be read."""

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
