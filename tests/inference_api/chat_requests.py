"""Requests to /v1/chat/completions and their parts."""

from __future__ import annotations

import base64
from typing import Any

from tests.inference_api.conftest import Api, converse_response

PATH = "/v1/chat/completions"
USER = {"role": "user", "content": "Hello"}
TOOL: dict[str, Any] = {
    "type": "function",
    "function": {"name": "weather", "description": "d", "parameters": {"type": "object"}},
}
PIXEL = base64.b64encode(b"\x89PNG bytes").decode()


def body(**more: Any) -> dict[str, Any]:
    return {"model": "support-bot", "messages": [USER], **more}


def expect(api: Api, *blocks: dict[str, Any], reason: str = "end_turn", **request: Any) -> None:
    api.base_serves()
    expected = {"modelId": "amazon.nova-micro-v1:0", "messages": [{"role": "user", "content": [{"text": "Hello"}]}]}
    api.runtime.add_response("converse", converse_response(*blocks, reason=reason), {**expected, **request})


def image(url: str, **more: str) -> dict[str, Any]:
    return {"type": "image_url", "image_url": {"url": url, **more}}
