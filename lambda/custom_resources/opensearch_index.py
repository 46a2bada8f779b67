"""Custom::OpenSearchIndex: the vector index of an OpenSearch Serverless collection, looked at until it is there.

  Create, Update  create it, if it is not there -> looks until GetIndex answers -> READY
  Delete          delete it -> looks until it is gone -> GONE. A collection that is gone is fine.
  Replacement     another name, which every other mapping has, or another collection

CloudFormation's own type calls the collection's endpoint, which a private collection refuses; these calls go through
the service, which its network policy admits. A data access policy takes up to a minute to be in force: until then they
are denied, and the framework repeats them. Bedrock refuses a knowledge base whose index is not there yet.
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-semantic-enrichment.html (private)
https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-sdk.html (up to a minute)
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from custom_resources.framework.errors import error_code
from custom_resources.framework.properties import Properties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase, Snapshot

NOT_FOUND, DENIED = "ResourceNotFoundException", "AccessDeniedException"


class OpenSearchIndexResource:
    """`client`: boto3's of OpenSearch Serverless, which the kit has no stubs of."""

    name_property = ""

    def __init__(self, client: Any) -> None:
        self._client = client

    def physical_id(self, request: Request) -> str:
        place = _place(request)
        return f"{place['id']}/{place['indexName']}"

    def create(self, request: Request) -> Mapping[str, str]:
        schema = json.loads(Properties(request.properties).text("Schema"))
        try:
            self._client.create_index(**_place(request), indexSchema=schema)
        except Exception as error:
            if error_code(error) != "ConflictException":  # it is there, or is being made
                raise
        return {}

    def update(self, request: Request) -> Mapping[str, str]:
        return self.create(request)

    def delete(self, request: Request) -> None:
        self._there(request, self._client.delete_index)

    def describe(self, request: Request) -> Snapshot:
        there = self._there(request, self._client.get_index)
        if request.is_delete:
            return Snapshot(Phase.IN_PROGRESS if there else Phase.GONE, waiting_for="the index is still there")
        # Not GONE: an index that was just made shows some seconds later.
        return Snapshot(Phase.READY if there else Phase.IN_PROGRESS, waiting_for="the index does not show yet")

    def _there(self, request: Request, call: Callable[..., object]) -> bool:
        """Whether the call found the index. Nobody has access to what a deleted collection held."""
        try:
            call(**_place(request))
        except Exception as error:
            gone = error_code(error) == DENIED and request.is_delete and not self._has_collection(request)
            if error_code(error) != NOT_FOUND and not gone:
                raise
            return False
        return True

    def _has_collection(self, request: Request) -> bool:
        return bool(self._client.batch_get_collection(ids=[_place(request)["id"]])["collectionDetails"])


def _place(request: Request) -> dict[str, str]:
    properties = Properties(request.properties)
    return {"id": properties.text("CollectionId"), "indexName": properties.text("IndexName")}
