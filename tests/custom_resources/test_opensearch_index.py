"""An index is ready when it shows, its Delete forgives what is gone, and access that is not in force yet is awaited."""

import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from custom_resources.framework.retry_policy import RetryPolicy
from custom_resources.opensearch_index import OpenSearchIndexResource
from tests.custom_resources.aws import event, stubbed

SCHEMA = {"settings": {"index": {"knn": True}}}
PLACE = {"id": "abcdefghij0123456789", "indexName": "vectors-1024-0f0f0f0f"}
Made = tuple[OpenSearchIndexResource, Stubber]


@pytest.fixture
def index() -> Made:
    client, stubber = stubbed("opensearchserverless")
    return OpenSearchIndexResource(client), stubber


def request(kind: str) -> Request:
    properties = {"CollectionId": PLACE["id"], "IndexName": PLACE["indexName"], "Schema": json.dumps(SCHEMA)}
    return Request.from_event(event(kind, properties))


def test_it_is_made_with_its_schema_and_named_after_its_place(index: Made) -> None:
    resource, stubber = index
    stubber.add_response("create_index", {}, {**PLACE, "indexSchema": SCHEMA})

    assert resource.create(request("Create")) == {}
    assert resource.physical_id(request("Create")) == "abcdefghij0123456789/vectors-1024-0f0f0f0f"
    stubber.assert_no_pending_responses()


def test_one_that_is_there_is_left_alone(index: Made) -> None:
    resource, stubber = index
    stubber.add_client_error("create_index", "ConflictException")

    assert resource.update(request("Update")) == {}


def test_it_is_ready_when_it_shows(index: Made) -> None:
    resource, stubber = index
    stubber.add_client_error("get_index", "ResourceNotFoundException", expected_params=PLACE)
    stubber.add_response("get_index", {"indexSchema": SCHEMA}, PLACE)

    assert resource.describe(request("Create")).phase is Phase.IN_PROGRESS  # never GONE, which would fail the Create
    assert resource.describe(request("Create")).phase is Phase.READY


def test_access_that_is_not_in_force_yet_is_retried_for_longer_than_it_takes(index: Made) -> None:
    resource, stubber = index
    stubber.add_client_error("create_index", "AccessDeniedException", http_status_code=403)

    with pytest.raises(ClientError) as raised:
        resource.create(request("Create"))

    policy = RetryPolicy(longest_pause=20, seed="0")
    assert policy.should_retry(raised.value, 0.0)
    assert policy.should_retry(raised.value, 60.0)  # "up to a minute"


@pytest.mark.parametrize("there", [True, False])
def test_a_deleted_one_is_looked_at_until_it_is_gone(index: Made, there: bool) -> None:
    resource, stubber = index
    stubber.add_response("delete_index", {}, PLACE)
    resource.delete(request("Delete"))
    if there:
        stubber.add_response("get_index", {"indexSchema": SCHEMA}, PLACE)
    else:
        stubber.add_client_error("get_index", "ResourceNotFoundException")

    assert resource.describe(request("Delete")).phase is (Phase.IN_PROGRESS if there else Phase.GONE)


def test_the_index_of_a_collection_that_was_deleted_by_hand_is_gone(index: Made) -> None:
    resource, stubber = index
    for operation in ("delete_index", "get_index"):
        stubber.add_client_error(operation, "AccessDeniedException")
        stubber.add_response("batch_get_collection", {"collectionDetails": []}, {"ids": [PLACE["id"]]})

    resource.delete(request("Delete"))
    assert resource.describe(request("Delete")).phase is Phase.GONE


def test_a_denied_delete_in_a_collection_that_is_there_is_an_error(index: Made) -> None:
    resource, stubber = index
    details: dict[str, Any] = {"collectionDetails": [{"id": PLACE["id"]}]}
    stubber.add_client_error("delete_index", "AccessDeniedException")
    stubber.add_response("batch_get_collection", details, {"ids": [PLACE["id"]]})

    with pytest.raises(ClientError, match="AccessDenied"):
        resource.delete(request("Delete"))
