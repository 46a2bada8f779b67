"""What the latest ingestion did with each document.

A reason accompanies IGNORED only:
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_KnowledgeBaseDocumentDetail.html
"""

import time
from collections.abc import Set
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent

from local_aws.extension.bedrock.responses import BedrockError, Response, answer, iso

LISTED = ("S3", "CUSTOM")  # https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent_DocumentIdentifier.html

_statuses = AccountRegionScopedDict()


def record(knowledge_base: str, data_source: str, uri: str, status: str, reason: str = "", *, kind: str = "S3") -> None:
    _statuses[f"{knowledge_base}/{data_source}/{uri}"] = {
        "knowledgeBaseId": knowledge_base,
        "dataSourceId": data_source,
        "identifier": identifier_of(kind, uri),
        "status": status,
        "updatedAt": iso(time.time()),
        **({"statusReason": reason} if reason else {}),
    }


def identifier_of(kind: str, uri: str) -> dict[str, Any]:
    return {"dataSourceType": kind, **({"custom": {"id": uri}} if kind == "CUSTOM" else {"s3": {"uri": uri}})}


def status_of(knowledge_base: str, data_source: str, uri: str) -> dict[str, Any] | None:
    found: dict[str, Any] | None = _statuses.get(f"{knowledge_base}/{data_source}/{uri}")
    return found


def forget(knowledge_base: str, data_source: str, uri: str) -> None:
    _statuses.pop(f"{knowledge_base}/{data_source}/{uri}", None)


def listed_kind(knowledge_base: str, data_source: str) -> str:
    """S3 or CUSTOM: Bedrock's API knows single documents of no other data sources. Raises BedrockError."""
    source = bedrock_agent._data_sources.get(f"{knowledge_base}/{data_source}")
    if source is None:
        raise BedrockError("ResourceNotFoundException", f"Data source {data_source} not found")
    kind = str(source["DataSourceConfiguration"].get("type"))
    if kind not in LISTED:
        raise BedrockError("ValidationException", f"Operation is not supported for data sources of type {kind}")
    return kind


def keep_only(knowledge_base: str, data_source: str, uris: Set[str]) -> None:
    """Forget the documents that are gone from the bucket."""
    prefix = f"{knowledge_base}/{data_source}/"
    for key in [key for key in _statuses if key.startswith(prefix) and key.removeprefix(prefix) not in uris]:
        del _statuses[key]


def list_documents(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """ListKnowledgeBaseDocuments. Raises BedrockError."""
    listed_kind(knowledge_base, data_source)
    prefix = f"{knowledge_base}/{data_source}/"
    found = [status for key, status in sorted(_statuses.items()) if key.startswith(prefix)]
    begin, most = int(body.get("nextToken") or 0), int(body.get("maxResults") or 100)
    more = {"nextToken": str(begin + most)} if begin + most < len(found) else {}
    return answer({"documentDetails": found[begin : begin + most], **more})
