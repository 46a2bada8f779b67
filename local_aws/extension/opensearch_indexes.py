"""Indexes that the API of OpenSearch Serverless makes: CreateIndex, GetIndex, DeleteIndex, which ministack lacks.

The service reaches a private collection only if the network policy admits it, and an index only if a data access policy
permits that. A new data access policy is in force after some time: up to a minute on AWS, half a second here.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-semantic-enrichment.html
"""

import json
from typing import Any

from ministack.core.responses import AccountRegionScopedDict, error_response_json, json_response
from ministack.services import opensearchserverless as aoss

from local_aws.extension.bedrock.clock import elapsed

ACCESS_SECONDS = 0.5
SERVICE = "aoss.amazonaws.com"
_schemas = AccountRegionScopedDict()  # "<collection id>/<index name>" -> schema


def install() -> None:
    aoss._HANDLERS |= {"CreateIndex": _create, "GetIndex": _get, "DeleteIndex": _delete}


def schema_of(collection_id: str, index: str) -> dict[str, Any] | None:
    """What CreateIndex was given, None if there is no such index."""
    schema: dict[str, Any] | None = _schemas.get(f"{collection_id}/{index}")
    return schema if collection_id in aoss._collections else None


def permits(collection: str, index: str, permission: str, principal: str = "") -> bool:
    """Whether a data access policy in force grants the permission, to any principal if none is named."""
    return any(
        permission in rule["Permission"] or "aoss:*" in rule["Permission"]
        for policy in aoss._access_policies.values()
        if elapsed(policy["lastModifiedDate"] / 1000) >= ACCESS_SECONDS
        for statement in policy["policy"]
        if not principal or principal in statement["Principal"]
        for rule in statement["Rules"]
        if any(aoss._pattern_matches(pattern, f"index/{collection}/{index}") for pattern in rule["Resource"])
    )


def admits(collection: str, service: str) -> bool:
    """Whether a network policy lets the service reach the collection."""
    return any(
        statement.get("AllowFromPublic") or service in statement.get("SourceServices", [])
        for key, policy in aoss._security_policies.items()
        if key.startswith("network/")
        for statement in policy["policy"]
        for rule in statement["Rules"]
        if any(aoss._pattern_matches(pattern, f"collection/{collection}") for pattern in rule["Resource"])
    )


def _create(data: dict[str, Any]) -> Any:
    if refused := _refused(data, "aoss:CreateIndex"):
        return refused
    key = f"{data['id']}/{data['indexName']}"
    if key in _schemas:
        return error_response_json("ConflictException", f"Index {data['indexName']} already exists", 400)
    _schemas[key] = json.loads(json.dumps(data.get("indexSchema") or {}))
    return json_response({})


def _get(data: dict[str, Any]) -> Any:
    if refused := _refused(data, "aoss:DescribeIndex"):
        return refused
    schema = schema_of(data["id"], data["indexName"])
    return _not_found(f"Index {data['indexName']}") if schema is None else json_response({"indexSchema": schema})


def _delete(data: dict[str, Any]) -> Any:
    if refused := _refused(data, "aoss:DeleteIndex"):
        return refused
    found = _schemas.pop(f"{data['id']}/{data['indexName']}", None)
    return _not_found(f"Index {data['indexName']}") if found is None else json_response({})


def _refused(data: dict[str, Any], permission: str) -> Any:
    collection = aoss._collections.get(data.get("id"))
    if collection is None:
        return _not_found(f"Collection with id {data.get('id')}")
    name = collection["name"]
    if not admits(name, SERVICE) or not permits(name, data["indexName"], permission):
        message = "User does not have permissions for the requested resource"
        return error_response_json("AccessDeniedException", message, 403)
    return None


def _not_found(what: str) -> Any:
    return error_response_json("ResourceNotFoundException", f"{what} is not found", 404)
