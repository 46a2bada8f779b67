"""The body of a chat completion request -> a turn.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from inference_api import fields
from inference_api.conversation import Turn
from inference_api.fields import invalid
from inference_api.openai_chat.messages import converse_messages
from inference_api.openai_chat.response_format import answer_schema
from inference_api.openai_chat.tools import tool_config, tool_names
from inference_api.openai_file_search import file_search
from inference_api.openai_settings import effort, inference_config, refuse_changes, service_tier
from kit_contract.agents import MODEL_PREFIX

if TYPE_CHECKING:
    from inference_api.found_passages import KnowledgeSearch

# They cannot change the answer, so they are accepted and ignored: docs/inference-api.md lists them.
IGNORED = ("user", "metadata", "store", "safety_identifier", "prompt_cache_key", "prompt_cache_retention")
# They change the answer, but Converse does not have them: only the value that changes nothing is accepted.
ONLY: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
}
_HONOURED = (
    "model",
    "messages",
    "stream",
    "stream_options",
    "max_tokens",
    "max_completion_tokens",
    "temperature",
    "top_p",
    "stop",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "service_tier",
    "response_format",
    "reasoning_effort",
)
FIELDS = (*_HONOURED, *ONLY, *IGNORED)


class ChatRequest(NamedTuple):
    """`one_tool_call`: `parallel_tool_calls` is false. `search`: what the model may search with file_search."""

    turn: Turn
    stream: bool
    include_usage: bool
    one_tool_call: bool
    search: KnowledgeSearch | None = None


def chat_request(body: Mapping[str, Any]) -> ChatRequest:
    """Raises ApiError 400: each field is honoured or refused by name."""
    alias = fields.text(body, "model")
    fields.refuse_others(body, FIELDS)
    refuse_changes(body, ONLY)
    options = fields.optional_object(body, "stream_options")
    fields.refuse_others(options, ("include_usage", "include_obfuscation"), where="stream_options.")
    messages, system = converse_messages(body)
    optional = {
        "system": system,
        "inferenceConfig": _inference(body),
        "toolConfig": tool_config(body, () if alias.startswith(MODEL_PREFIX) else messages),
        "serviceTier": service_tier(body),
        **effort(body, "reasoning_effort"),
    }
    request = {"messages": messages} | {name: value for name, value in optional.items() if value}
    return ChatRequest(
        turn=Turn(alias, request, tool_names(body), answer_schema(body)),
        stream=fields.flag(body, "stream") is True,
        include_usage=fields.flag(options, "include_usage", where="stream_options.") is True,
        one_tool_call=fields.flag(body, "parallel_tool_calls") is False,
        search=file_search(body),
    )


def _inference(body: Mapping[str, Any]) -> dict[str, Any]:
    settings = inference_config(body, limits=("max_completion_tokens", "max_tokens"))
    return settings | ({"stopSequences": stop} if (stop := _stop(body)) else {})


def _stop(body: Mapping[str, Any]) -> list[str] | None:
    stop = body.get("stop")
    sequences = [stop] if isinstance(stop, str) else stop
    if sequences is None or sequences == []:
        return None
    if not isinstance(sequences, list) or not all(isinstance(item, str) and item for item in sequences):
        raise invalid("stop", "stop must be a non-empty string or a list of non-empty strings")
    return sequences
