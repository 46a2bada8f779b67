"""Whether a request has the signature of the clients' credentials for execute-api, as botocore calculates it."""

from __future__ import annotations

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from tests.clients.capabilities import ACCESS_KEY, KEY, REGION
from tests.clients.http_server import Exchange


def is_signed(exchange: Exchange, body: bytes) -> bool:
    given = exchange.headers.get("authorization", "")
    scope = f"{ACCESS_KEY}/{exchange.headers.get('x-amz-date', '')[:8]}/{REGION}/execute-api/aws4_request"
    if not given.startswith(f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders="):
        return False
    names = given.partition("SignedHeaders=")[2].partition(",")[0].split(";")
    headers = {name: exchange.headers.get(name, "") for name in names}
    url = f"http://{exchange.headers['host']}{exchange.path}"
    request = AWSRequest(exchange.method, url, headers=headers, data=body)
    request.context["timestamp"] = exchange.headers["x-amz-date"]
    signer = SigV4Auth(Credentials(ACCESS_KEY, KEY), "execute-api", REGION)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    return given.endswith(f"Signature={signer.signature(text, request)}")
