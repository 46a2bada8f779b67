"""POST /v1/chat/completions: OpenAI's request -> Converse -> OpenAI's response.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from inference_api import fields
from inference_api.chat_messages import converse_messages
from inference_api.chat_tools import tool_config
from inference_api.errors import ApiError
from inference_api.fields import invalid

FINISH_REASONS = {
    "end_turn": "stop",
    "stop_sequence": "stop",
    "tool_use": "tool_calls",
    "max_tokens": "length",
    "model_context_window_exceeded": "length",
    "guardrail_intervened": "content_filter",
    "content_filtered": "content_filter",
}
_MALFORMED = ("malformed_model_output", "malformed_tool_use")
# Settings that change the answer but that Converse does not have: only the neutral value is accepted.
_ONLY: Mapping[str, tuple[Any, ...]] = {
    "n": (1,),
    "logprobs": (False,),
    "top_logprobs": (0,),
    "response_format": ({"type": "text"},),
    "frequency_penalty": (0,),
    "presence_penalty": (0,),
    "logit_bias": ({},),
    "modalities": (["text"],),
    "audio": (),
    "functions": (),
    "function_call": (),
}
_MAX_TOKENS = 1_000_000


@dataclass(frozen=True)
class Completion:
    """An answer of the model, independent of streaming. `created`: seconds since 1970."""

    id: str
    created: int
    alias: str
    served_by: Mapping[str, Any]
    content: str | None
    tool_calls: list[dict[str, Any]]
    finish_reason: str
    usage: dict[str, Any]


def converse_request(body: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments of Converse except `modelId`. Raises ApiError 400."""
    for name, accepted in _ONLY.items():
        if body.get(name) is not None and body[name] not in accepted:
            allowed = f"must be {json.dumps(accepted[0])}" if accepted else "is not supported"
            raise invalid(name, f"{name} {allowed}; leave it out", code="unsupported_value")
    messages, system = converse_messages(body)
    optional = {"system": system, "inferenceConfig": _inference(body), "toolConfig": tool_config(body, messages)}
    return {"messages": messages} | {name: value for name, value in optional.items() if value}


def _inference(body: Mapping[str, Any]) -> dict[str, Any]:
    limits = [fields.integer(body, name, low=1, high=_MAX_TOKENS) for name in ("max_completion_tokens", "max_tokens")]
    settings = {
        "maxTokens": next((limit for limit in limits if limit is not None), None),
        "temperature": fields.number(body, "temperature", low=0, high=1),  # OpenAI allows up to 2, Bedrock up to 1
        "topP": fields.number(body, "top_p", low=0, high=1),
        "stopSequences": _stop(body),
    }
    return {name: value for name, value in settings.items() if value is not None}


def _stop(body: Mapping[str, Any]) -> list[str] | None:
    stop = body.get("stop")
    sequences = [stop] if isinstance(stop, str) else stop
    if sequences is None or sequences == []:
        return None
    if not isinstance(sequences, list) or not all(isinstance(item, str) and item for item in sequences):
        raise invalid("stop", "stop must be a non-empty string or a list of non-empty strings")
    return sequences


def completion(
    response: Mapping[str, Any], *, completion_id: str, created: int, alias: str, served_by: Mapping[str, Any]
) -> Completion:
    """Raises ApiError 502 if the model did not complete its answer."""
    blocks = response["output"]["message"].get("content", [])
    reason = response["stopReason"]
    if reason not in FINISH_REASONS:
        what = "returned malformed output" if reason in _MALFORMED else "stopped for a reason this API does not know"
        message = f"the model {what} ({reason}); send the request again or change it"
        raise ApiError(502, "model_error", message, kind="server_error")
    return Completion(
        id=f"chatcmpl-{completion_id}",
        created=created,
        alias=alias,
        served_by=served_by,
        content="".join(block["text"] for block in blocks if "text" in block) or None,
        tool_calls=[_tool_call(block["toolUse"]) for block in blocks if "toolUse" in block],
        finish_reason=FINISH_REASONS[reason],
        usage=_usage(response["usage"]),
    )


def _tool_call(use: Mapping[str, Any]) -> dict[str, Any]:
    function = {"name": use["name"], "arguments": json.dumps(use["input"], ensure_ascii=False)}
    return {"id": use["toolUseId"], "type": "function", "function": function}


def _usage(usage: Mapping[str, Any]) -> dict[str, Any]:
    """Bedrock counts cached tokens apart from the input tokens; OpenAI includes them."""
    read = usage.get("cacheReadInputTokens", 0)
    prompt = usage["inputTokens"] + read + usage.get("cacheWriteInputTokens", 0)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": usage["outputTokens"],
        "total_tokens": prompt + usage["outputTokens"],
        "prompt_tokens_details": {"cached_tokens": read},
    }


def body_of(answer: Completion) -> dict[str, Any]:
    """The chat.completion object."""
    message: dict[str, Any] = {"role": "assistant", "content": answer.content, "refusal": None}
    if answer.tool_calls:
        message["tool_calls"] = answer.tool_calls
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": answer.finish_reason}
    return _envelope(answer, "chat.completion") | {"choices": [choice], "usage": answer.usage}


def chunks_of(answer: Completion, *, include_usage: bool) -> Iterator[bytes]:
    """The answer as server-sent events. It is already complete, so each part is one event."""
    calls = [{"index": index, **call} for index, call in enumerate(answer.tool_calls)]
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}]
    deltas += [{"content": answer.content}] if answer.content else []
    deltas += [{"tool_calls": [call]} for call in calls]
    for delta in deltas:
        yield _event(answer, [{"index": 0, "delta": delta, "logprobs": None, "finish_reason": None}])
    yield _event(answer, [{"index": 0, "delta": {}, "logprobs": None, "finish_reason": answer.finish_reason}])
    if include_usage:
        yield _event(answer, [], usage=answer.usage)
    yield b"data: [DONE]\n\n"


def _event(answer: Completion, choices: list[dict[str, Any]], **more: Any) -> bytes:
    chunk = _envelope(answer, "chat.completion.chunk") | {"choices": choices} | more
    return b"data: " + json.dumps(chunk, ensure_ascii=False).encode("utf-8", "replace") + b"\n\n"


def _envelope(answer: Completion, kind: str) -> dict[str, Any]:
    return {
        "id": answer.id,
        "object": kind,
        "created": answer.created,
        "model": answer.alias,
        "served_by": dict(answer.served_by),
    }
