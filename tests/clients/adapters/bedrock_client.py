"""boto3's client of Bedrock with the API's key. It sends a bearer token to HTTPS only, and the server here has none."""

from __future__ import annotations

from typing import Any

import boto3
from botocore import UNSIGNED
from botocore.config import Config

from tests.clients.run_client import Access

REGION = "us-east-1"


def bedrock_client(access: Access) -> Any:
    return with_key(boto3.client("bedrock-runtime", endpoint_url=access.url, region_name=REGION, config=CONFIG), access)


def with_key(client: Any, access: Access) -> Any:
    """`client` itself, which sends the key as x-api-key, as docs/inference-api.md says for the embedded AWS."""
    client.meta.events.register("before-call", lambda params, **_: params["headers"].update({"x-api-key": access.key}))
    return client


CONFIG = Config(signature_version=UNSIGNED, retries={"total_max_attempts": 1})
