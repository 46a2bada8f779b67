"""boto3's client of Bedrock: with the API's key, or below /iam with a signature for API Gateway.

It sends a bearer token to HTTPS only, and the server here has none.
"""

from __future__ import annotations

from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.clients.capabilities import ACCESS_KEY, REGION
from tests.clients.run_client import Access

__all__ = ["REGION", "bedrock_client", "with_key"]


def bedrock_client(access: Access) -> Any:
    if access.url.endswith("/iam"):
        return _signing(access)
    return with_key(boto3.client("bedrock-runtime", endpoint_url=access.url, region_name=REGION, config=CONFIG), access)


def with_key(client: Any, access: Access) -> Any:
    """`client` itself, which sends the key as x-api-key, as docs/inference-api.md says for the embedded AWS."""
    client.meta.events.register("before-call", lambda params, **_: params["headers"].update({"x-api-key": access.key}))
    return client


def _signing(access: Access) -> Any:
    """As docs/inference-api.md says."""
    client = boto3.client(
        "bedrock-runtime",
        endpoint_url=access.url,
        region_name=REGION,
        aws_access_key_id=ACCESS_KEY,
        aws_secret_access_key=access.key,
        config=CONFIG.merge(Config(signature_version="v4")),
    )
    client.meta.events.register("before-sign.bedrock-runtime", _sign_for_api_gateway)
    return client


def _sign_for_api_gateway(request: Any, **_: object) -> None:
    request.context["signing"] = {**request.context.get("signing", {}), "signing_name": "execute-api"}


CONFIG = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
