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

_statuses = AccountRegionScopedDict()


def record(knowledge_base: str, data_source: str, uri: str, status: str, reason: str = "") -> None:
    _statuses[f"{knowledge_base}/{data_source}/{uri}"] = {
        "knowledgeBaseId": knowledge_base,
        "dataSourceId": data_source,
        "identifier": {"dataSourceType": "S3", "s3": {"uri": uri}},
        "status": status,
        "updatedAt": iso(time.time()),
        **({"statusReason": reason} if reason else {}),
    }


def keep_only(knowledge_base: str, data_source: str, uris: Set[str]) -> None:
    """Forget the documents that are gone from the bucket."""
    prefix = f"{knowledge_base}/{data_source}/"
    for key in [key for key in _statuses if key.startswith(prefix) and key.removeprefix(prefix) not in uris]:
        del _statuses[key]


def list_documents(body: dict[str, Any], knowledge_base: str, data_source: str) -> Response:
    """ListKnowledgeBaseDocuments. Raises BedrockError."""
    if f"{knowledge_base}/{data_source}" not in bedrock_agent._data_sources:
        raise BedrockError("ResourceNotFoundException", f"Data source {data_source} not found")
    prefix = f"{knowledge_base}/{data_source}/"
    found = [status for key, status in sorted(_statuses.items()) if key.startswith(prefix)]
    begin, most = int(body.get("nextToken") or 0), int(body.get("maxResults") or 100)
    more = {"nextToken": str(begin + most)} if begin + most < len(found) else {}
    return answer({"documentDetails": found[begin : begin + most], **more})
