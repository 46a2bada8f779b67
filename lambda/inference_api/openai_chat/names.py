"""Names of tools and ids of their calls in the characters that Bedrock takes.

OpenAI's clients have others: `mcp.search`, `call_1|fc_2`. The same one is always rewritten in the same way.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ToolUseBlock.html
"""

from __future__ import annotations

import hashlib
import re

_MAX_LENGTH = 64
_FINE = re.compile(r"[a-zA-Z0-9_-]{1,64}")
_DIGITS = 8


def converse_name(name: str) -> str:
    """`name` itself where Bedrock takes it. Else it ends in a part of its hash, which tells it from similar ones."""
    if _FINE.fullmatch(name):
        return name
    digest = hashlib.sha256(name.encode("utf-8", "surrogatepass")).hexdigest()[:_DIGITS]
    return f"{re.sub('[^a-zA-Z0-9_-]', '_', name)[: _MAX_LENGTH - _DIGITS - 1]}_{digest}"
