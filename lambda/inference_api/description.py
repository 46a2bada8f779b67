"""GET /openapi.json: the description that the construct has put into the zip, with the URL of this API."""

from __future__ import annotations

import json
import os

from inference_api.http_messages import Answer, Request
from kit_contract.inference_api_names import DESCRIPTION_FILE

PATH = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), DESCRIPTION_FILE)


def description(request: Request) -> Answer:
    with open(PATH, "rb") as file:
        content = file.read()
    server = json.dumps(server_url(request)).encode()
    content = content.replace(b'"servers":[{"url":"/"}]', b'"servers":[{"url":' + server + b"}]", 1)
    return Answer(200, {"Content-Type": "application/json"}, iter((content,)))


def server_url(request: Request) -> str:
    """With the stage or the base path of a custom domain. "/" if the request does not say the host."""
    host = request.headers.get("host")
    if not host:
        return "/"
    scheme = request.headers.get("x-forwarded-proto", "https")
    return f"{scheme}://{host}{request.public_path.removesuffix(request.path)}"
