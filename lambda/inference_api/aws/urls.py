"""The two parts of `urllib.parse` that calls of AWS need. Importing it takes a twelfth of the authorizer's cold start.

tests/inference_api/aws/test_urls.py holds the two against each other.
"""

from __future__ import annotations

from functools import lru_cache

_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")


@lru_cache(maxsize=256)  # the same few paths are called and signed again and again
def percent_encoded(text: str, kept: str = "") -> str:
    """`text` with all but unreserved characters and those of `kept` encoded."""
    fine = _UNRESERVED.union(kept.encode())
    return "".join([chr(byte) if byte in fine else f"%{byte:02X}" for byte in text.encode("utf-8")])


def endpoint_parts(endpoint: str) -> tuple[bool, str, str, int]:
    """(over TLS, value of the Host header, host, port) of `https://host[:port]`."""
    scheme, _, rest = endpoint.partition("://")
    secure, authority = scheme == "https", rest.partition("/")[0]
    host, _, port = authority.rpartition(":")
    if not port.isdigit():
        host, port = authority, "443" if secure else "80"
    return secure, authority, host.strip("[]"), int(port)
