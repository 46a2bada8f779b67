"""Calls AWS services whose requests and responses are JSON, with the credentials of the Lambda function."""

from __future__ import annotations

import base64
import json
import os
import time
from collections.abc import Mapping

from inference_api.aws.connections import Connections, Response
from inference_api.aws.errors import error_from
from inference_api.aws.signature import Credentials, Scope, signed

TYPE_CHECKING = False  # the authorizer does without the module typing
if TYPE_CHECKING:
    from typing import Any

JSON = "application/json"


class JsonClient:
    """`endpoint`: the service's name in the host name. `signing_name`: its name in signatures, often the same."""

    def __init__(self, endpoint: str, *, signing_name: str | None = None) -> None:
        region = os.environ["AWS_REGION"]
        self._scope = Scope(signing_name or endpoint, region)
        self._connections = Connections(_endpoint_url(endpoint, region))

    def call(self, path: str, fields: Mapping[str, Any], *, read_seconds: float, target: str = "") -> Any:
        """The response to a POST. `target`: the operation, for services that have one path.

        Raises AwsError if the service answers with an error, OSError if there is no answer.
        """
        return json.loads(self._post(path, fields, read_seconds, target).read(read_seconds=read_seconds))

    def _post(self, path: str, fields: Mapping[str, Any], read_seconds: float, target: str) -> Response:
        body = json.dumps(fields, default=_blob).encode("utf-8", "surrogatepass")
        headers = {"content-type": JSON}
        if target:
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
        return self._response(self._sent(path, body, headers, read_seconds), read_seconds)

    def _sent(self, path: str, body: bytes, headers: Mapping[str, str], read_seconds: float) -> Any:
        """The connection on which the request was sent."""
        headers = {"host": self._connections.host, **headers}
        headers = signed(headers, path=path, body=body, scope=self._scope, credentials=_credentials(), now=time.time())
        return self._connections.sent("POST", path, headers, body, read_seconds=read_seconds)

    def _response(self, connection: Any, read_seconds: float) -> Response:
        response = self._connections.answered(connection, read_seconds)
        if response.status >= 300:
            raise error_from(response.status, response.headers, response.read(read_seconds=read_seconds))
        return response


def _credentials() -> Credentials:
    """Read for each call: where Lambda renews credentials, it renews them in the environment."""
    environment = os.environ
    return Credentials(
        environment["AWS_ACCESS_KEY_ID"],
        environment["AWS_SECRET_ACCESS_KEY"],
        environment.get("AWS_SESSION_TOKEN") or None,
    )


def _endpoint_url(endpoint: str, region: str) -> str:
    named = f"AWS_ENDPOINT_URL_{endpoint.upper().replace('-', '_')}"
    suffix = "amazonaws.com.cn" if region.startswith("cn-") else "amazonaws.com"
    default = f"https://{endpoint}.{region}.{suffix}"
    return os.environ.get(named) or os.environ.get("AWS_ENDPOINT_URL") or default


def _blob(value: object) -> str:
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    raise TypeError(f"{type(value).__name__} is not JSON")
