"""Event streams held against botocore's parser: the same frames, and nothing corrupt passes."""

import struct
from typing import Any
from zlib import crc32

import pytest
from botocore.eventstream import EventStreamBuffer
from hypothesis import given, settings
from hypothesis import strategies as st

from inference_api.aws.event_stream import BrokenStreamError, Frame, FrameDecoder, encoded_frame

TYPES = st.one_of(
    st.sampled_from([b"\x00", b"\x01"]),
    st.binary(min_size=1, max_size=1).map(lambda value: b"\x02" + value),
    st.binary(min_size=2, max_size=2).map(lambda value: b"\x03" + value),
    st.binary(min_size=4, max_size=4).map(lambda value: b"\x04" + value),
    st.binary(min_size=8, max_size=8).map(lambda value: b"\x05" + value),
    st.binary(max_size=40).map(lambda value: b"\x06" + struct.pack("!H", len(value)) + value),
    st.text(max_size=20).map(lambda text: b"\x07" + struct.pack("!H", len(text.encode())) + text.encode()),
    st.binary(min_size=8, max_size=8).map(lambda value: b"\x08" + value),
    st.binary(min_size=16, max_size=16).map(lambda value: b"\x09" + value),
)
NAMES = st.text(min_size=1, max_size=20).filter(lambda name: len(name.encode()) < 256)


def frame(headers: dict[str, bytes], payload: bytes) -> bytes:
    """A frame. `headers`: name -> type and value as on the wire."""
    block = b"".join(bytes([len(name.encode())]) + name.encode() + value for name, value in headers.items())
    prelude = struct.pack("!II", 16 + len(block) + len(payload), len(block))
    content = prelude + struct.pack("!I", crc32(prelude)) + block + payload
    return content + struct.pack("!I", crc32(content))


def text_header(value: str) -> bytes:
    return b"\x07" + struct.pack("!H", len(value.encode())) + value.encode()


def headers_of(message: Any) -> dict[str, Any]:
    return dict(message.headers)  # botocore's stubs have another type


def decode(content: bytes, size: int = 65_536) -> list[Frame]:
    decoder = FrameDecoder()
    found = [item for at in range(0, len(content), size) for item in decoder.feed(content[at : at + size])]
    decoder.end()
    return found


frames = st.lists(st.builds(frame, st.dictionaries(NAMES, TYPES, max_size=6), st.binary(max_size=200)), max_size=5)


@settings(deadline=None)
@given(content=frames, size=st.integers(min_value=1, max_value=300))
def test_botocore_reads_the_same_frames(content: list[bytes], size: int) -> None:
    theirs = EventStreamBuffer()
    theirs.add_data(b"".join(content))

    ours = decode(b"".join(content), size)

    expected = [
        ({name: value for name, value in headers_of(message).items() if isinstance(value, str)}, message.payload)
        for message in theirs
    ]
    assert [(dict(headers), payload) for headers, payload in ours] == expected


@settings(deadline=None)
@given(data=st.data())
def test_a_changed_byte_is_noticed(data: st.DataObject) -> None:
    content = bytearray(frame({":event-type": text_header("contentBlockDelta")}, b'{"delta": {"text": "Hello"}}'))
    position = data.draw(st.integers(min_value=0, max_value=len(content) - 1))
    content[position] ^= data.draw(st.integers(min_value=1, max_value=255))

    with pytest.raises(BrokenStreamError):
        decode(bytes(content))


def test_every_cut_within_a_frame_is_noticed() -> None:
    content = frame({":event-type": text_header("messageStop")}, b"{}")

    for length in range(1, len(content)):
        with pytest.raises(BrokenStreamError):
            decode(content[:length])


def test_the_frames_before_a_corrupt_one_arrive() -> None:
    good, bad = frame({}, b"1"), bytearray(frame({}, b"2"))
    bad[-1] ^= 1
    found = FrameDecoder().feed(good + bytes(bad))

    assert next(found)[1] == b"1"
    with pytest.raises(BrokenStreamError):
        next(found)


@pytest.mark.parametrize("sizes", [(2**32 - 1, 0), (15, 0), (16, 2**31), (20, 8)])
def test_impossible_sizes_are_refused_before_more_is_read(sizes: tuple[int, int]) -> None:
    prelude = struct.pack("!II", *sizes)

    with pytest.raises(BrokenStreamError):
        list(FrameDecoder().feed(prelude + struct.pack("!I", crc32(prelude))))


TEXTS = st.text(max_size=200)


@given(sent=st.lists(st.tuples(st.dictionaries(NAMES, TEXTS, max_size=6), st.binary(max_size=200)), max_size=5))
def test_botocore_reads_what_was_encoded(sent: list[tuple[dict[str, str], bytes]]) -> None:
    content = b"".join(encoded_frame(headers, payload) for headers, payload in sent)
    theirs = EventStreamBuffer()
    theirs.add_data(content)

    assert [(headers_of(message), message.payload) for message in theirs] == sent
    assert [(dict(headers), payload) for headers, payload in decode(content)] == sent
