"""Formats by their first bytes, as files of real programs begin."""

import pytest

from training_data.media.formats import MAX_BYTES, media_fault, media_format

IMAGES, VIDEOS = ("png", "jpeg", "gif", "webp"), ("mov", "mkv", "mp4", "webm")
HEADS = {
    "png": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "jpeg": b"\xff\xd8\xff\xe0\0\x10JFIF",
    "gif": b"GIF89a\1\0",
    "webp": b"RIFF\x24\0\0\0WEBPVP8 ",
    "mp4": b"\0\0\0\x20ftypisom\0\0\2\0",
    "mov": b"\0\0\0\x14ftypqt  \0\0\2\0",
    "mkv": b"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\1\x42\x82\x88matroska",
    "webm": b"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\1\x42\x82\x84webm",
}


@pytest.mark.parametrize("name", HEADS)
def test_a_format_is_told_by_its_first_bytes(name: str) -> None:
    kind, formats = ("image", IMAGES) if name in IMAGES else ("video", VIDEOS)

    assert media_format(HEADS[name]) == name
    assert media_fault(kind, HEADS[name], 100, formats, name) == ""
    assert media_fault(kind, HEADS[name], 100, formats, None) == ""


@pytest.mark.parametrize("head", [b"", b"BM6\0", b"%PDF-1.7", b"RIFF\x24\0\0\0WAVE", b"\0\0\0\0"])
def test_other_content_is_none_of_them(head: bytes) -> None:
    assert media_format(head) == ""
    assert media_fault("image", head, 100, IMAGES, "png").startswith("must be one of png, jpeg, gif, webp")


def test_an_old_quicktime_film_is_a_mov() -> None:
    assert media_format(b"\0\0\0\x08wide\0\1\2\3mdat") == "mov"


@pytest.mark.parametrize("kind", MAX_BYTES)
def test_the_largest_is_taken_and_one_byte_more_is_not(kind: str) -> None:
    head, formats = (HEADS["png"], IMAGES) if kind == "image" else (HEADS["mp4"], VIDEOS)

    assert media_fault(kind, head, MAX_BYTES[kind], formats, None) == ""
    assert media_fault(kind, head, MAX_BYTES[kind] + 1, formats, None).startswith(f"may have {MAX_BYTES[kind]:,} bytes")


def test_a_container_under_its_other_name_is_taken_and_another_format_is_not() -> None:
    assert media_fault("video", HEADS["mp4"], 100, VIDEOS, "mov") == ""
    assert media_fault("video", HEADS["mp4"], 100, VIDEOS, "webm") == (
        "is mp4 by its first bytes, but the record says webm; correct format"
    )
    assert media_fault("image", HEADS["webp"], 100, ("png", "jpeg"), "webp").endswith("got webp; convert it")


def test_a_text_model_takes_none() -> None:
    assert media_fault("image", HEADS["png"], 100, (), None).startswith("is an image, which this base model does not")
