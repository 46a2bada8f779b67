"""A document as a data source gives it, wherever that is. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

NO_METADATA: dict[str, Any] = {}


@dataclass(frozen=True)
class SourceDocument:
    """`uri` names it, `name` has the ending of its type, and another `version` is another content.

    `kind`: S3, WEB or CUSTOM. `read` and `metadata` raise ValueError or BedrockError with the reason of the failure.
    """

    uri: str
    name: str
    version: str
    read: Callable[[], bytes]
    metadata: Callable[[], dict[str, Any]] = lambda: NO_METADATA
    kind: str = "S3"


def location_of(kind: str, uri: str) -> dict[str, Any]:
    """https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrievalResultLocation.html"""
    places = {
        "S3": {"s3Location": {"uri": uri}},
        "WEB": {"webLocation": {"url": uri}},
        "CUSTOM": {"customDocumentLocation": {"id": uri}},
    }
    return {"type": kind, **places[kind]}
