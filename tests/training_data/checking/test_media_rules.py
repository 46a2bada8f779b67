"""Images and videos in a record: which models take them, in which formats and from where."""

from typing import Any

import pytest

from tests.training_data.checking.dataset_corpus import medium_of
from tests.training_data.checking.one_record import (
    LLAMA_33,
    NOVA_2,
    NOVA_LITE,
    NOVA_MICRO,
    check,
    conversation,
    rules_broken,
    rules_of,
)


def with_media(*blocks: dict[str, Any]) -> dict[str, Any]:
    return conversation([{"text": "What is this?"}, *blocks], "A tank.")


LOCATION = {"uri": "s3://the-bucket/a.png", "bucketOwner": "111122223333"}

IMAGE, VIDEO = medium_of("image", "png"), medium_of("video", "mp4")

MEDIA_BROKEN: list[tuple[str, dict[str, Any]]] = [
    ("media-format", with_media(medium_of("image", "jpg"))),
    ("media-format", with_media(medium_of("image", "PNG"))),
    ("media-format", with_media(medium_of("image", "mp4"))),
    ("media-format", with_media(medium_of("video", "avi"))),
    ("media-uri", with_media(medium_of("image", "png", uri="https://host/a.png"))),
    ("media-uri", with_media(medium_of("image", "png", uri="s3://bucket/with space.png"))),
    ("media-uri", with_media(medium_of("image", "png", uri="s3://bucket"))),
    ("media-uri", with_media(medium_of("image", "png", uri=None))),
    ("bucket-owner", with_media(medium_of("image", "png", owner=None))),
    ("unknown-key", with_media({"image": {"format": "png", "source": {"s3Location": LOCATION | {"x": 1}}}})),
    ("content", with_media({"image": {"format": "png", "source": {"bytes": "aGk="}}})),
    ("content", with_media({"image": "s3://bucket/a.png"})),
    ("content", with_media({"document": {"format": "pdf"}})),
    ("content", with_media({"image": IMAGE["image"], "text": "both"})),
    ("media-count", with_media(*[IMAGE] * 11)),
    ("media-count", with_media(VIDEO, VIDEO)),
    ("media-turn", conversation("What?", [{"text": "This."}, IMAGE])),
]  # fmt: skip


@pytest.mark.parametrize(("rule", "record"), MEDIA_BROKEN, ids=range(len(MEDIA_BROKEN)))
def test_a_media_rule_that_is_broken_is_named(rule: str, record: dict[str, Any]) -> None:
    assert rules_broken(record, rules_of(NOVA_LITE)) == {rule: 1}


@pytest.mark.parametrize("model", [NOVA_MICRO, LLAMA_33])
@pytest.mark.parametrize("block", [IMAGE, VIDEO])
def test_models_of_text_take_no_media(model: str, block: dict[str, Any]) -> None:
    assert rules_broken(with_media(block), rules_of(model)) == {"content": 1}


@pytest.mark.parametrize("suffix", ["png", "jpeg", "gif", "webp"])
def test_images_are_taken_and_their_bucket_is_noted(suffix: str) -> None:
    report = check(with_media(*[medium_of("image", suffix)] * 10), rules_of(NOVA_LITE))

    assert report.findings == report.warnings == []
    assert (report.media, report.buckets) == ({"image": 1}, {"the-bucket": 1})


@pytest.mark.parametrize(("kind", "suffix"), [("image", "webp"), ("video", "webm")])
def test_nova_2_takes_fewer_formats_than_nova(kind: str, suffix: str) -> None:
    record = with_media(medium_of(kind, suffix))

    assert rules_broken(record, rules_of(NOVA_2)) == {"media-format": 1}
    assert rules_broken(record, rules_of(NOVA_LITE)) == {}
