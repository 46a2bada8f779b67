"""Images and videos in S3 reach the training bucket once, by their content, and only if Bedrock takes them."""

import json
from pathlib import Path
from typing import Any

import pytest

from customization.collection.source_objects import CollectionError
from customization.dataset_content import content_sha256
from kit_contract.dataset_limits import DatasetLimits
from tests.customization.aws import BUCKET
from tests.customization.buckets import ACCOUNT, Buckets
from tests.customization.collection.test_collect import collect
from training_data.media.formats import MAX_BYTES

PNG, JPEG = b"\x89PNG\r\n\x1a\n1", b"\xff\xd8\xff1"
LIMITS = DatasetLimits("converse", 1, 20, image_formats=("png", "jpeg"), video_formats=("mp4",))
LITE = {"base_model": "amazon.nova-lite-v1:0:300k", "limits": LIMITS, "dataset": ("s3://theirs/train/t.jsonl",)}


def seen(*places: str, kind: str = "image", said: str | None = "png") -> bytes:
    """A record whose user shows what lies at these places."""
    media: list[dict[str, Any]] = [
        {kind: {**({"format": said} if said else {}), "source": {"s3Location": {"uri": place}}}} for place in places
    ]
    turns = [
        {"role": "user", "content": [*media, {"text": f"What is in {places}?"}]},
        {"role": "assistant", "content": [{"text": "A tank."}]},
    ]
    return json.dumps({"schemaVersion": "bedrock-conversation-2024", "messages": turns}).encode() + b"\n"


@pytest.fixture
def buckets() -> Buckets:
    found = Buckets()
    for name in ("train/1.png", "train/images/2.png", "other/3.png"):
        found.put(f"s3://theirs/{name}", PNG)
    found.put("s3://theirs/other/4.jpg", JPEG)
    return found


def media_of(buckets: Buckets) -> list[dict[str, Any]]:
    (content,) = buckets.own("data/").values()
    records = [json.loads(line) for line in content.splitlines()]
    blocks = [block for one in records for block in one["messages"][0]["content"]]
    return [block["image"] for block in blocks if "image" in block]


def test_copies_lie_in_the_datasets_bucket_by_content_and_records_name_them(buckets: Buckets, tmp_path: Path) -> None:
    records = seen("1.png", "./images/2.png") + seen("s3://theirs/other/3.png", "../other/3.png")
    buckets.put("s3://theirs/train/t.jsonl", records + seen("s3://theirs/other/4.jpg", said=None))

    answer = collect(buckets, tmp_path / "d", **LITE)

    media = buckets.own("media/support/")
    assert sorted(media.values()) == [PNG, JPEG]
    named = [item["source"]["s3Location"] for item in media_of(buckets)]
    assert {place["uri"] for place in named} == {f"s3://{BUCKET}/{key}" for key in media}
    assert {place["bucketOwner"] for place in named} == {ACCOUNT}
    assert [item["format"] for item in media_of(buckets)] == ["png"] * 4 + ["jpeg"]
    assert (answer["media"], answer["records"]) == (2, 3)
    read = [key for operation, key in buckets.calls if operation == "GetObject"]
    assert sorted(read) == ["other/3.png", "other/4.jpg", "train/1.png", "train/images/2.png", "train/t.jsonl"]


def test_a_second_collection_puts_nothing(buckets: Buckets, tmp_path: Path) -> None:
    buckets.put("s3://theirs/train/t.jsonl", seen("1.png"))
    collect(buckets, tmp_path / "1", **LITE)
    before = list(buckets.puts())

    assert not collect(buckets, tmp_path / "2", **LITE)["stored"]
    assert buckets.puts() == before


def test_the_run_is_the_same_in_another_bucket(buckets: Buckets, tmp_path: Path) -> None:
    buckets.put("s3://theirs/train/t.jsonl", seen("1.png"))
    digests = set()
    for number, bucket in enumerate((BUCKET, "a-bucket-with-a-longer-name")):
        key = collect(buckets, tmp_path / str(number), **LITE, bucket=bucket)["key"]
        digests.add(content_sha256(buckets.client.get_object(Bucket=bucket, Key=key)["Body"], bucket))

    assert len(digests) == 1


@pytest.mark.parametrize(
    ("content", "kind", "said", "fault"),
    [
        (None, "image", "png", "5.png does not exist"),
        (b"GIF89a", "image", None, "must be one of png, jpeg by its first bytes, got gif; convert it"),
        (b"<html>", "image", "png", "must be one of png, jpeg by its first bytes, got none of them"),
        (JPEG, "image", "png", "is jpeg by its first bytes, but the record says png; correct format"),
        (b"", "image", "png", "is empty"),
        (PNG + bytes(MAX_BYTES["image"]), "image", "png", "may have 10,485,760 bytes, got 10,485,761"),
        (PNG, "video", "mp4", "must be one of mp4 by its first bytes, got png"),
    ],
)
def test_what_bedrock_does_not_take_is_a_fault_of_the_record(
    buckets: Buckets, tmp_path: Path, content: bytes | None, kind: str, said: str | None, fault: str
) -> None:
    buckets.put("s3://theirs/train/t.jsonl", seen("1.png") + seen("other/5.png", kind=kind, said=said))
    if content is not None:
        buckets.put("s3://theirs/train/other/5.png", content)

    with pytest.raises(CollectionError) as caught:
        collect(buckets, tmp_path / "d", **LITE)

    assert str(caught.value).startswith("dataset: t.jsonl:2: s3://theirs/train/other/5.png")
    assert fault in str(caught.value)


def test_media_that_were_uploaded_with_the_dataset_are_not_read_again(buckets: Buckets, tmp_path: Path) -> None:
    buckets.put(f"s3://{BUCKET}/sources/support/t.jsonl", seen("s3://.training-bucket/media/support/0f.png"))
    local = {**LITE, "dataset": (f"s3://{BUCKET}/sources/support/t.jsonl",)}

    collect(buckets, tmp_path / "d", **local, owner="444455556666")

    assert [item["source"]["s3Location"]["uri"] for item in media_of(buckets)] == [
        f"s3://{BUCKET}/media/support/0f.png"
    ]
    assert [key for operation, key in buckets.calls if operation == "GetObject"] == ["sources/support/t.jsonl"]
