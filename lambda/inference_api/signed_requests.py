"""Requests that API Gateway has authenticated with IAM: /iam/model/ALIAS/... is answered as /model/ALIAS/... is.

IAM policies name the alias by the path. AWS does not say whether they are compared with the path as it was sent or as
it was decoded, so a path that differs between the two is refused: no alias needs an encoded character.
"""

from __future__ import annotations

from inference_api.errors import ApiError
from inference_api.http_messages import Request
from kit_contract.inference_api import IAM_PREFIX


def as_with_a_key(request: Request) -> Request:
    """The same request with the path of those that have a key. Raises ApiError 400."""
    sent = request.public_path or request.path
    if "%" in sent or not sent.endswith(request.path):
        raise ApiError(400, "invalid_path", "the path of a signed request must name the alias as it is, without %XX")
    return request._replace(path=request.path.removeprefix(IAM_PREFIX))
