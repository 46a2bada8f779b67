"""URLs are encoded and read as urllib.parse does it."""

from urllib.parse import quote, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inference_api.aws.urls import endpoint_parts, percent_encoded


@given(st.text(), st.sampled_from(["", "/", "/~"]))
def test_text_is_encoded_as_urllib_does(text: str, kept: str) -> None:
    encodable = text.encode("utf-8", "ignore").decode()

    assert percent_encoded(encodable, kept) == quote(encodable, safe=kept)


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://bedrock-runtime.us-east-1.amazonaws.com",
        "https://localhost:4566",
        "http://127.0.0.1:4566/",
        "http://localhost",
        "http://[::1]:4566",
        "https://[::1]/path",
    ],
)
def test_an_endpoint_is_read_as_urllib_does(endpoint: str) -> None:
    expected = urlsplit(endpoint)

    secure, authority, host, port = endpoint_parts(endpoint)

    assert (secure, authority, host) == (expected.scheme == "https", expected.netloc, expected.hostname)
    assert port == (expected.port or (443 if secure else 80))
