"""The headers that let a web page read a response. API Gateway answers preflights itself.

https://fetch.spec.whatwg.org/#http-cors-protocol
"""

from __future__ import annotations

from collections.abc import Collection

from kit_contract.inference_api import CORS_EXPOSED_HEADERS

_EXPOSED = ", ".join(CORS_EXPOSED_HEADERS)


def cors_headers(origin: str | None, origins: Collection[str]) -> dict[str, str]:
    """`origin`: of the request. Credentials of the browser are never allowed: the key is in a header of the page."""
    if "*" in origins:
        return {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": _EXPOSED}
    if origin is None or origin not in origins:
        return {"Vary": "Origin"}
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Expose-Headers": _EXPOSED, "Vary": "Origin"}
