"""Signs requests with Signature Version 4.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import time
from collections.abc import Mapping
from functools import lru_cache

from inference_api.aws.urls import percent_encoded

ALGORITHM = "AWS4-HMAC-SHA256"


class Credentials:
    def __init__(self, access_key: str, secret_key: str, token: str | None) -> None:
        self.access_key = access_key
        self.secret_key = secret_key
        self.token = token


class Scope:
    """`service`: the signing name (`bedrock`, also for the endpoints bedrock-runtime and bedrock-agent-runtime)."""

    def __init__(self, service: str, region: str) -> None:
        self.service = service
        self.region = region


def signed(
    headers: Mapping[str, str],
    *,
    path: str,
    body: bytes,
    scope: Scope,
    credentials: Credentials,
    now: float,
) -> dict[str, str]:
    """The headers of a POST with its signature. `headers` has `host`; all are signed.

    `path` is percent-encoded, also behind a `?`, where the names are in order. `now`: seconds since 1970. What is
    before the `?` is encoded a second time, as all services except S3 require.
    """
    moment = time.strftime("%Y%m%dT%H%M%SZ", time.gmtime(now))
    all_headers = {**headers, "x-amz-date": moment}
    if credentials.token:
        all_headers["x-amz-security-token"] = credentials.token
    names = sorted(all_headers)
    lines = "".join(f"{name}:{' '.join(all_headers[name].split())}\n" for name in names)
    signed_names = ";".join(names)
    path, _, query = path.partition("?")
    canonical = (
        f"POST\n{percent_encoded(path, '/')}\n{query}\n{lines}\n{signed_names}\n{hashlib.sha256(body).hexdigest()}"
    )
    credential = f"{moment[:8]}/{scope.region}/{scope.service}/aws4_request"
    text = f"{ALGORITHM}\n{moment}\n{credential}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signature = hmac.digest(
        _key(credentials.secret_key, moment[:8], scope.region, scope.service), text.encode(), "sha256"
    ).hex()
    all_headers["authorization"] = (
        f"{ALGORITHM} Credential={credentials.access_key}/{credential}, "
        f"SignedHeaders={signed_names}, Signature={signature}"
    )
    return all_headers


@lru_cache(maxsize=8)  # a key is valid for a day, a region and a service
def _key(secret_key: str, day: str, region: str, service: str) -> bytes:
    key = f"AWS4{secret_key}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key
