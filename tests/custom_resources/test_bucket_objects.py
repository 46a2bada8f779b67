"""A folder becomes objects: changes only, own keys only, nothing outside the prefix."""

import io
import json
import zipfile
from collections.abc import Mapping
from hashlib import sha256
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import ANY, Stubber

from custom_resources.bucket_objects import BucketObjectsResource, ObjectsProperties
from custom_resources.framework.request import Request
from custom_resources.framework.resource import Phase
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event, stubbed


@pytest.fixture
def s3() -> tuple[BucketObjectsResource, Stubber]:
    client, stubber = stubbed("s3")
    return BucketObjectsResource(client), stubber


def request(kind: str, **more: str) -> Request:
    properties = {
        "SourceBucket": "assets",
        "SourceKey": "a.zip",
        "DestinationBucket": "docs",
        "DestinationPrefix": "d/",
        "ContentHash": "h",
        "DeleteOnRemoval": "false",
    }
    return Request.from_event(event(kind, properties | more))


def stream(content: bytes) -> StreamingBody:
    return StreamingBody(io.BytesIO(content), len(content))


def source(stubber: Stubber, files: Mapping[str, str]) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        for name, text in files.items():
            archive.writestr(name, text)
    body = {"Body": stream(buffer.getvalue())}
    stubber.add_response("get_object", body, {"Bucket": "assets", "Key": "a.zip"})


def manifest(stubber: Stubber, objects: Mapping[str, str] | None) -> None:
    if objects is None:
        stubber.add_client_error("get_object", "NoSuchKey")
        return
    body = {"Body": stream(json.dumps({"objects": objects}).encode())}
    stubber.add_response("get_object", body, {"Bucket": "docs", "Key": manifest_key()})


def manifest_key() -> str:
    return ObjectsProperties.of(request("Create")).manifest_key


def manifest_written(stubber: Stubber, objects: Mapping[str, str]) -> None:
    body = json.dumps({"objects": objects}, sort_keys=True).encode()
    sent: dict[str, Any] = {"Bucket": "docs", "Key": manifest_key(), "Body": body, "ContentType": "application/json"}
    stubber.add_response("put_object", {}, sent)


def put(stubber: Stubber, key: str, size: int, content_type: str) -> None:
    sent = {"Bucket": "docs", "Key": key, "Body": ANY, "ContentLength": size, "ContentType": content_type}
    stubber.add_response("put_object", {}, sent)


def digest(text: str) -> str:
    return sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("name", ["../evil", "/etc/passwd", "a/../../b", "c:\\x", "a\\..\\b"])
def test_a_path_that_leaves_the_prefix_is_refused(s3: tuple[BucketObjectsResource, Stubber], name: str) -> None:
    resource, stubber = s3
    manifest(stubber, None)
    source(stubber, {name: "x"})

    with pytest.raises(ResourceFailedError, match="leaves the prefix"):
        resource.create(request("Create"))


def test_a_prefix_without_its_slash_is_refused(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    with pytest.raises(ResourceFailedError, match="must be empty or like docs/, got 'd'"):
        s3[0].physical_id(request("Create", DestinationPrefix="d"))


def test_a_key_that_cannot_be_deleted_fails(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, stubber = s3
    manifest(stubber, {"d/a.md": digest("x")})
    stubber.add_response("delete_objects", {"Errors": [{"Key": "d/a.md", "Message": "locked"}]})

    with pytest.raises(ResourceFailedError, match=r"S3 did not delete d/a.md: locked"):
        resource.delete(request("Delete", DeleteOnRemoval="true"))


def test_create_puts_everything_between_two_manifests(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, stubber = s3
    manifest(stubber, None)
    source(stubber, {"a.md": "alpha", "sub/b.jsonl": "{}"})
    manifest_written(stubber, {"d/a.md": "", "d/sub/b.jsonl": ""})
    put(stubber, "d/a.md", 5, "text/markdown")
    put(stubber, "d/sub/b.jsonl", 2, "application/jsonl")
    manifest_written(stubber, {"d/a.md": digest("alpha"), "d/sub/b.jsonl": digest("{}")})

    assert resource.create(request("Create")) == {"ObjectCount": "2"}
    stubber.assert_no_pending_responses()


def test_update_skips_what_is_stored_and_deletes_what_left(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, stubber = s3
    manifest(stubber, {"d/a.md": digest("alpha"), "d/old.md": digest("old")})
    source(stubber, {"a.md": "alpha"})
    stubber.add_response("head_object", {"ContentLength": 5}, {"Bucket": "docs", "Key": "d/a.md"})
    gone = {"Bucket": "docs", "Delete": {"Objects": [{"Key": "d/old.md"}], "Quiet": True}}
    stubber.add_response("delete_objects", {}, gone)
    manifest_written(stubber, {"d/a.md": digest("alpha")})

    resource.update(request("Update"))

    stubber.assert_no_pending_responses()


def test_an_object_deleted_by_hand_is_put_again(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, stubber = s3
    manifest(stubber, {"d/a.md": digest("alpha")})
    source(stubber, {"a.md": "alpha"})
    stubber.add_client_error("head_object", "404")
    manifest_written(stubber, {"d/a.md": ""})
    put(stubber, "d/a.md", 5, "text/markdown")
    manifest_written(stubber, {"d/a.md": digest("alpha")})  # else the next deploy would put it once more

    resource.update(request("Update"))

    stubber.assert_no_pending_responses()


def test_delete_keeps_objects(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, _ = s3

    resource.delete(request("Delete"))

    assert resource.describe(request("Delete")).phase is Phase.GONE


def test_delete_on_removal_takes_the_manifest_too_and_may_come_twice(
    s3: tuple[BucketObjectsResource, Stubber],
) -> None:
    resource, stubber = s3
    manifest(stubber, {"d/a.md": "x"})
    keys = [{"Key": "d/a.md"}, {"Key": manifest_key()}]
    stubber.add_response("delete_objects", {}, {"Bucket": "docs", "Delete": {"Objects": keys, "Quiet": True}})
    manifest(stubber, None)

    resource.delete(request("Delete", DeleteOnRemoval="true"))
    resource.delete(request("Delete", DeleteOnRemoval="true"))

    stubber.assert_no_pending_responses()


def test_another_prefix_is_a_replacement_with_a_manifest_of_its_own() -> None:
    other = ObjectsProperties.of(request("Update", DestinationPrefix="e/"))

    assert other.manifest_key != manifest_key()
