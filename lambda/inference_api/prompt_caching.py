"""Cache points, which change the price of an answer only. A model without prompt caching refuses them.

https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html (on-demand models only)
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from kit_contract.aws_errors import message_of

# All of Claude. Nova takes them in system and messages: the cards of its models.
_EVERYWHERE = r"(?:^|[./])anthropic\.claude-"
_NOT_AT_TOOLS = r"(?:^|[./])amazon\.nova-"
_POINT = "cachePoint"
# "your request did not allow prompt caching" (403): https://github.com/BerriAI/litellm/pull/39210
# "extraneous key [cachePoint]" (400), of Nova: https://github.com/earendil-works/pi/issues/2053
_REFUSED = r"(?i)prompt caching|cache_?(point|control)"

T = TypeVar("T")


def cache_point(ttl: str | None) -> dict[str, Any]:
    """A block or tool of Converse. `ttl`: None for the model's default, five minutes."""
    return {_POINT: {"type": "default", **({"ttl": ttl} if ttl else {})}}


def where_cached(request: Mapping[str, Any], model_id: str, send: Callable[[Mapping[str, Any]], T]) -> T:
    """What `send` returns for `request` with the cache points that the model takes, or without any if it refuses."""
    plain = without_cache_points(request)
    marked: Mapping[str, Any] = plain
    if re.search(_EVERYWHERE, model_id):
        marked = request
    elif re.search(_NOT_AT_TOOLS, model_id):
        marked = {**request, **{name: plain[name] for name in ("toolConfig",) if name in plain}}
    if marked != plain:
        try:
            return send(marked)
        except Exception as error:
            if not re.search(_REFUSED, message_of(error)):
                raise
    return send(plain)


def without_cache_points(request: Mapping[str, Any]) -> dict[str, Any]:
    plain = dict(request)
    if "system" in plain:
        plain["system"] = _without(plain["system"])
    if "toolConfig" in plain:
        plain["toolConfig"] = {**plain["toolConfig"], "tools": _without(plain["toolConfig"]["tools"])}
    plain["messages"] = [{**message, "content": _without(message["content"])} for message in plain["messages"]]
    return plain


def _without(blocks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [block for block in blocks if _POINT not in block]
