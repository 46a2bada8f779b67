"""The answer to CloudFormation: small enough, without secrets, and sent until it is delivered."""

import http.client
import json
import re
from collections.abc import Callable, Mapping
from urllib.parse import urlsplit

from custom_resources.framework.request import Request
from kit_contract.errors import KitError, RetryLaterError

BODY_LIMIT = 4096
REASON_LIMIT = 900
ATTEMPTS = 5
TIMEOUT_SECONDS = 5.0
# CloudFormation's presigned URLs point to buckets of its own.
S3_HOST = re.compile(r"[a-z0-9.-]+\.s3[.-]([a-z0-9-]+\.)?amazonaws\.com(\.cn)?")
# A word with one of these is a presigned URL, or a part of one that an error quotes.
SIGNED = re.compile(r"X-Amz-|Signature=|AWSAccessKeyId=", re.IGNORECASE)

Put = Callable[[str, bytes], int]


class UndeliverableError(KitError):
    """When the ResponseURL will never take the answer. The message has no part of the URL."""


def succeeded(request: Request, physical_id: str, data: Mapping[str, str]) -> bytes:
    """SUCCESS with `data`; FAILED if the attributes are too long for CloudFormation."""
    body = _body(request, "SUCCESS", physical_id, {"Data": dict(data)})
    if len(body) <= BODY_LIMIT:
        return body
    return failed(request, physical_id, f"the answer with all attributes takes {len(body)} bytes, allowed {BODY_LIMIT}")


def failed(request: Request, physical_id: str, reason: str) -> bytes:
    words = ["<signed URL>" if SIGNED.search(word) else word for word in re.split(r"(\s+)", reason)]
    shown = "".join(words)[:REASON_LIMIT] or "no reason given"
    while len(body := _body(request, "FAILED", physical_id, {"Reason": shown})) > BODY_LIMIT and len(shown) > 1:
        shown = shown[: len(shown) // 2]
    return body


def deliver(url: str, body: bytes, *, local_endpoint: str | None, put: Put, sleep: Callable[[float], None]) -> None:
    """PUT `body`, at most 5 times within 60 seconds. Raises RetryLaterError and UndeliverableError."""
    if not _is_trusted(url, local_endpoint):
        raise UndeliverableError("the ResponseURL points neither to S3 nor to the configured endpoint")
    status: int | str = ""
    for attempt in range(ATTEMPTS):
        if attempt:
            sleep(2.0 ** (attempt - 1))
        try:
            status = put(url, body)
        except (OSError, http.client.HTTPException) as error:
            status = type(error).__name__  # the error's text may contain the URL
            continue
        if 200 <= status < 300:
            return
    message = f"the answer was not delivered: {status} after {ATTEMPTS} attempts"
    is_refused = isinstance(status, int) and 400 <= status < 500
    raise UndeliverableError(message) if is_refused else RetryLaterError(message)


def put_once(url: str, body: bytes) -> int:
    """One PUT; returns the status. Raises OSError and http.client.HTTPException."""
    parts = urlsplit(url)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.netloc, timeout=TIMEOUT_SECONDS)
    try:
        connection.request("PUT", f"{parts.path}?{parts.query}" if parts.query else parts.path, body)
        return connection.getresponse().status
    finally:
        connection.close()


def _is_trusted(url: str, local_endpoint: str | None) -> bool:
    parts = urlsplit(url)
    if local_endpoint:
        return parts.netloc == urlsplit(local_endpoint).netloc
    return parts.scheme == "https" and S3_HOST.fullmatch(parts.netloc) is not None


def _body(request: Request, status: str, physical_id: str, more: Mapping[str, object]) -> bytes:
    answer = {
        "Status": status,
        "RequestId": request.request_id,
        "StackId": request.stack_id,
        "LogicalResourceId": request.logical_id,
        "PhysicalResourceId": physical_id,
        **more,
    }
    return json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace")
