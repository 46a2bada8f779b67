"""Files are copied by S3 whatever their size; a large zip is read where it is."""

import io
import json
import threading
import zipfile
from hashlib import sha256
from typing import Any

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from custom_resources import object_sources
from custom_resources.bucket_objects import AT_ONCE, BucketObjectsResource, ObjectsProperties, _put_all
from custom_resources.framework.request import Request
from custom_resources.object_sources import MOST_IN_ONE_COPY, PART, AssetFiles, open_zip
from kit_contract.errors import ResourceFailedError
from tests.custom_resources.aws import event, stubbed

GIGABYTES = 7 * 1024**3


@pytest.fixture
def s3() -> tuple[BucketObjectsResource, Stubber]:
    client, stubber = stubbed("s3")
    return BucketObjectsResource(client), stubber


def request(kind: str, size: int, digest: str = "aa") -> Request:
    files = {"0f.jsonl": {"bucket": "assets", "key": "0f0f.jsonl", "sha256": digest, "size": size}}
    properties = {"Files": json.dumps(files), "DestinationBucket": "training", "DestinationPrefix": "data/support/"}
    return Request.from_event(event(kind, {**properties, "DeleteOnRemoval": "false"}))


def manifest_key() -> str:
    return ObjectsProperties.of(request("Create", 1)).manifest_key


def manifest_written(stubber: Stubber, digest: str) -> None:
    body = json.dumps({"objects": {"data/support/0f.jsonl": digest}}, sort_keys=True).encode()
    sent = {"Bucket": "training", "Key": manifest_key(), "Body": body, "ContentType": "application/json"}
    stubber.add_response("put_object", {}, sent)


def manifest(stubber: Stubber, digest: str) -> None:
    """As the release before wrote it, which unzipped the file."""
    body = json.dumps({"objects": {"data/support/0f.jsonl": digest}}).encode()
    stubber.add_response("get_object", {"Body": StreamingBody(io.BytesIO(body), len(body))})


COPY: dict[str, Any] = {"Bucket": "training", "Key": "data/support/0f.jsonl"}


@pytest.mark.parametrize("size", [10, MOST_IN_ONE_COPY])
def test_a_file_is_one_copy_up_to_five_gigabytes(s3: tuple[BucketObjectsResource, Stubber], size: int) -> None:
    resource, stubber = s3
    stubber.add_client_error("get_object", "NoSuchKey")
    manifest_written(stubber, "")
    sent = {**COPY, "CopySource": "assets/0f0f.jsonl", "ContentType": "application/jsonl"}
    stubber.add_response("copy_object", {}, {**sent, "MetadataDirective": "REPLACE", "TaggingDirective": "REPLACE"})
    manifest_written(stubber, "aa")

    assert resource.create(request("Create", size)) == {"ObjectCount": "1"}
    stubber.assert_no_pending_responses()


def test_a_larger_file_is_copied_in_parts_to_its_last_byte(s3: tuple[BucketObjectsResource, Stubber]) -> None:
    resource, stubber = s3
    size = GIGABYTES + 1
    stubber.add_client_error("get_object", "NoSuchKey")
    manifest_written(stubber, "")
    stubber.add_response("create_multipart_upload", {"UploadId": "u"}, {**COPY, "ContentType": "application/jsonl"})
    ranges = [(start, min(start + PART, size) - 1) for start in range(0, size, PART)]
    assert ranges[-1] == (GIGABYTES, GIGABYTES)
    for number, (start, end) in enumerate(ranges, start=1):
        part = {**COPY, "CopySource": "assets/0f0f.jsonl", "PartNumber": number, "UploadId": "u"}
        answer = {"CopyPartResult": {"ETag": f"e{number}"}}
        stubber.add_response("upload_part_copy", answer, {**part, "CopySourceRange": f"bytes={start}-{end}"})
    parts = [{"PartNumber": number, "ETag": f"e{number}"} for number in range(1, len(ranges) + 1)]
    done = {**COPY, "UploadId": "u", "MultipartUpload": {"Parts": parts}}
    stubber.add_response("complete_multipart_upload", {}, done)
    manifest_written(stubber, "aa")

    resource.create(request("Create", size))

    stubber.assert_no_pending_responses()


def test_an_upgrade_puts_nothing_that_an_earlier_release_unzipped(
    s3: tuple[BucketObjectsResource, Stubber],
) -> None:
    """A put would be an event, and an event may start a run."""
    resource, stubber = s3
    manifest(stubber, "aa")
    stubber.add_response("head_object", {"ContentLength": 10}, COPY)

    resource.update(request("Update", 10))

    stubber.assert_no_pending_responses()


def test_a_training_set_that_the_collector_put_is_put_again_without_its_validation_set(
    s3: tuple[BucketObjectsResource, Stubber],
) -> None:
    resource, stubber = s3
    manifest(stubber, "aa")
    stubber.add_response("head_object", {"ContentLength": 10, "Metadata": {"validation-key": "data/v"}}, COPY)
    manifest_written(stubber, "")
    stubber.add_response("copy_object", {})
    manifest_written(stubber, "aa")

    resource.update(request("Update", 10))

    stubber.assert_no_pending_responses()


def test_many_files_are_put_at_the_same_time_and_an_error_ends_it() -> None:
    """Each of them waits for the others: one after the other they would never pass."""
    together = threading.Barrier(AT_ONCE, timeout=5)
    done: list[str] = []

    class Source(AssetFiles):
        def put(self, bucket: str, key: str, content_type: str) -> None:
            if key == "broken":
                raise ResourceFailedError("no")
            together.wait()
            done.append(key)

    client, _ = stubbed("s3")
    source = Source(client, "", {})
    _put_all(source, "b", [str(number) for number in range(AT_ONCE)])
    assert len(done) == AT_ONCE
    with pytest.raises(ResourceFailedError):
        _put_all(source, "b", ["broken"] * AT_ONCE)


def test_a_large_zip_is_read_in_s3_by_ranges(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(object_sources, "MOST_ON_DISK", 100)
    monkeypatch.setattr(object_sources, "WINDOW", 512)
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("a.png", "a" * 3000)
        archive.writestr("b.png", "b" * 10)
    content = buffer.getvalue()
    client, stubber = stubbed("s3")
    stubber.deactivate()
    asked: list[str] = []

    def get_object(*, Bucket: str, Key: str, Range: str = "") -> dict[str, Any]:
        asked.append(Range)
        first, last = (int(part) for part in Range.removeprefix("bytes=").split("-")) if Range else (0, len(content))
        piece = content[first : last + 1]
        return {"Body": StreamingBody(io.BytesIO(piece), len(piece)), "ContentLength": len(piece)}

    monkeypatch.setattr(client, "get_object", get_object)
    with open_zip(client, "assets", "a.zip") as opened:
        found = {name: sha256(opened.read(name)).hexdigest() for name in opened.namelist()}

    assert found == {"a.png": sha256(b"a" * 3000).hexdigest(), "b.png": sha256(b"b" * 10).hexdigest()}
    assert len(asked) > 2
    assert all(int(part.split("-")[1]) - int(part[6:].split("-")[0]) < 3000 for part in asked[1:])
