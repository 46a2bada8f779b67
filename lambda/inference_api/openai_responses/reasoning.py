"""Reasoning that goes to the caller and comes back: Bedrock requires it as the model signed it.

`encrypted_content` has Converse's block with the signature, so that a caller who sends the item back unchanged sends
all of it. It is encoded, not encrypted: the caller has the text anyway.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ReasoningContentBlock.html
"""

from __future__ import annotations

import base64
import binascii
import json
from typing import Any

from inference_api.fields import invalid
from inference_api.media import Block


def encoded(text: str, signature: str, redacted: str | bytes) -> str | None:
    """None if there is nothing that the model could check. `redacted`: bytes, or their base64."""
    if redacted:
        data = base64.b64encode(redacted).decode() if isinstance(redacted, bytes) else redacted
        return _text({"redacted": data})
    return _text({"text": text, "signature": signature}) if signature else None


def block_of(encrypted_content: Any, where: str) -> Block:
    """Converse's block. Raises ApiError 400 for what this API has not made."""
    try:
        value = json.loads(base64.b64decode(encrypted_content, validate=True))
        if "redacted" in value:
            return {"reasoningContent": {"redactedContent": base64.b64decode(value["redacted"], validate=True)}}
        text, signature = value["text"], value["signature"]
        if not isinstance(text, str) or not isinstance(signature, str):
            raise TypeError("not text")
        return {"reasoningContent": {"reasoningText": {"text": text, "signature": signature}}}
    except (binascii.Error, ValueError, TypeError, KeyError, RecursionError):
        message = f"{where} is not from a response of this API; leave the item out, or send it as you got it"
        raise invalid(where, message) from None


def _text(value: dict[str, str]) -> str:
    return base64.b64encode(json.dumps(value).encode()).decode()
