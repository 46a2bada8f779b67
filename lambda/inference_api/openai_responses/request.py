"""The body of a request of the Responses API -> a turn, and what the answer repeats of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from inference_api import fields
from inference_api.conversation import Turn
from inference_api.fields import invalid
from inference_api.openai_file_search import file_search
from inference_api.openai_responses.input_items import converse_messages
from inference_api.openai_responses.text_format import text_format
from inference_api.openai_responses.tools import choice_of, shown_tools, tool_names, tools_of
from inference_api.openai_settings import effort, inference_config, refuse_changes, service_tier
from inference_api.openai_tools import tool_config
from kit_contract.agents import MODEL_PREFIX

if TYPE_CHECKING:
    from inference_api.found_passages import KnowledgeSearch

# They cannot change the answer, so they are accepted and ignored: docs/inference-api.md lists them.
IGNORED = ("user", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "metadata")
_HONOURED = (
    "model",
    "input",
    "instructions",
    "stream",
    "stream_options",
    "max_output_tokens",
    "temperature",
    "top_p",
    "tools",
    "tool_choice",
    "max_tool_calls",
    "parallel_tool_calls",
    "text",
    "reasoning",
    "include",
    "service_tier",
)
ONLY: Mapping[str, tuple[Any, ...]] = {"truncation": ("disabled",), "top_logprobs": (0,)}
ONLY_REASONING: Mapping[str, tuple[Any, ...]] = {"context": ("auto",), "mode": ("standard",)}
_KEEPS_NOTHING = "this API keeps no responses; send the whole conversation as input"
NOT_HERE = {
    "previous_response_id": _KEEPS_NOTHING,
    "conversation": _KEEPS_NOTHING,
    "store": "this API keeps no responses, so none can be read later; set it to false or leave it out",
    "background": "this API keeps no responses to fetch; set stream to true for a long answer",
    "prompt": "OpenAI keeps such prompts; send their text as instructions and input",
    "context_management": "Bedrock does not shorten conversations; shorten the input",
    "moderation": "Bedrock has guardrails in its place; leave it out",
}
FIELDS = (*_HONOURED, *ONLY, *IGNORED, *NOT_HERE)
_RESULTS = "file_search_call.results"
# The first is in every answer; those after _RESULTS belong to tools and requests that this API does not have.
INCLUDABLE = (
    "reasoning.encrypted_content",
    _RESULTS,
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
)
MAX_CALLS = 1_000_000
SUMMARIES = ("auto", "detailed")
_REPEATED = (
    "instructions",
    "prompt_cache_key",
    "safety_identifier",
    "temperature",
    "top_p",
    "user",
)


class ResponsesRequest(NamedTuple):
    """`one_tool_call`: `parallel_tool_calls` is false. `summary`: reasoning is sent as its summary.

    `settings`: what a response says of its request. `search`: what the model may search with file_search.
    `results`: the caller gets the passages of a search.
    """

    turn: Turn
    stream: bool
    one_tool_call: bool
    summary: bool
    settings: Mapping[str, Any]
    search: KnowledgeSearch | None
    results: bool


def responses_request(body: Mapping[str, Any]) -> ResponsesRequest:
    """Raises ApiError 400: each field is honoured or refused by name."""
    alias = fields.text(body, "model")
    _refuse(body)
    reasoning = fields.optional_object(body, "reasoning")
    summary = _summary(reasoning)
    schema, shown_text = text_format(body)
    tools = tools_of(body)
    messages, system = converse_messages(body)
    inference = inference_config(body, limits=("max_output_tokens",))
    optional = {
        "system": system,
        "inferenceConfig": inference,
        "toolConfig": tool_config(tools, choice_of(body), () if alias.startswith(MODEL_PREFIX) else messages),
        "serviceTier": service_tier(body),
        **effort(reasoning, "effort", where="reasoning."),
    }
    request = {"messages": messages} | {name: value for name, value in optional.items() if value}
    return ResponsesRequest(
        turn=Turn(alias, request, tool_names(body), schema),
        stream=fields.flag(body, "stream") is True,
        one_tool_call=fields.flag(body, "parallel_tool_calls") is False,
        summary=summary is not None,
        settings={
            **_repeated(body),
            "max_output_tokens": inference.get("maxTokens"),
            "reasoning": {"effort": reasoning.get("effort"), "summary": summary},
            "text": shown_text,
            "tools": shown_tools(body),
        },
        search=_search(body),
        results=_RESULTS in (body.get("include") or ()),
    )


def _search(body: Mapping[str, Any]) -> KnowledgeSearch | None:
    search = file_search(body)
    most = fields.integer(body, "max_tool_calls", low=1, high=MAX_CALLS)
    return search._replace(max_searches=most) if search and most else search


def _repeated(body: Mapping[str, Any]) -> dict[str, Any]:
    """What a response repeats of a valid request as it is, or as its default."""
    tier = body.get("service_tier")
    return {
        "background": False,
        **{name: body.get(name) for name in _REPEATED},
        "max_tool_calls": fields.integer(body, "max_tool_calls", low=1, high=MAX_CALLS),
        "metadata": _metadata(body),
        "parallel_tool_calls": body.get("parallel_tool_calls") is not False,
        "previous_response_id": None,
        "service_tier": "default" if tier in (None, "auto") else tier,
        "store": False,
        "tool_choice": "auto" if body.get("tool_choice") is None else body["tool_choice"],
        "top_logprobs": 0,
        "truncation": "disabled",
    }


def _refuse(body: Mapping[str, Any]) -> None:
    for name, reason in NOT_HERE.items():
        if body.get(name) is not None and body[name] is not False:
            raise invalid(name, f"{name} is not supported: {reason}", code="unsupported_value")
    fields.refuse_others(body, FIELDS)
    refuse_changes(body, ONLY)
    options = fields.optional_object(body, "stream_options")
    fields.refuse_others(options, ("include_obfuscation",), where="stream_options.")
    for name in ("instructions", "prompt_cache_key", "safety_identifier", "user"):
        if not isinstance(body.get(name), str | None):
            raise invalid(name, f"{name} must be a string")
    included = body.get("include")
    if included is not None and not (isinstance(included, list) and all(name in INCLUDABLE for name in included)):
        message = f"include must be a list of {', '.join(INCLUDABLE)}"
        raise invalid("include", message, code="unsupported_value")


def _summary(reasoning: Mapping[str, Any]) -> str | None:
    fields.refuse_others(reasoning, ("effort", "summary", *ONLY_REASONING), where="reasoning.")
    refuse_changes(reasoning, ONLY_REASONING, where="reasoning.")
    value: str | None = reasoning.get("summary")
    if value is not None and value not in SUMMARIES:
        message = "reasoning.summary must be auto or detailed: Bedrock gives the reasoning as the model shows it"
        raise invalid("reasoning.summary", message, code="unsupported_value")
    return value


def _metadata(body: Mapping[str, Any]) -> dict[str, Any]:
    metadata = fields.optional_object(body, "metadata")
    if not all(isinstance(value, str) for value in metadata.values()):
        raise invalid("metadata", "metadata must be an object of strings")
    return metadata
