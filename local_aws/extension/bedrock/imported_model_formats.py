"""InvokeModel of an imported model: the completion of Bedrock's own format, and OpenAI's completions and chats.

Each is asked as Converse asks, and the answer is put into the format of the request.
https://docs.aws.amazon.com/bedrock/latest/userguide/invoke-imported-model.html ("API Format Examples")
"""

import json
import time
from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock.converse_mock import CHARACTERS_PER_TOKEN, shortened
from local_aws.extension.bedrock.invocation import mock_reply
from local_aws.extension.bedrock.responses import BedrockError, Response, answer, identifier

FINISHED = {"end_turn": "stop", "stop_sequence": "stop", "max_tokens": "length"}


def invoke(model: str, body: bytes, *, stream: bool) -> Response:
    """`model` is the imported model's ARN. Raises BedrockError."""
    request = _request(body)
    chat = "messages" in request
    messages = request["messages"] if chat else [{"role": "user", "content": str(request.get("prompt") or "")}]
    asked: list[dict[str, Any]] = [
        {"role": item["role"], "content": [{"text": _text(item["content"])}]} for item in messages
    ]
    said = mock_reply(model, asked, [])
    most = request.get("max_tokens") or request.get("max_gen_len")
    text, reason = shortened(said, {"maxTokens": most, "stopSequences": request.get("stop")})
    tokens = _count("".join(item["content"][0]["text"] for item in asked)), _count(text)
    value = _answer(request, text, FINISHED[reason], tokens)
    if not stream:
        return answer(value)
    headers = {"Content-Type": "application/vnd.amazon.eventstream", "x-amzn-bedrock-content-type": "application/json"}
    return 200, headers, bedrock_runtime._es_event_chunk(value)


def _request(body: bytes) -> dict[str, Any]:
    try:
        request = json.loads(body)
    except ValueError:
        request = None
    if not isinstance(request, dict) or not ("prompt" in request or "messages" in request):
        raise BedrockError("ValidationException", "Malformed input request: prompt or messages is required")
    return request


def _text(content: Any) -> str:
    if isinstance(content, str):
        return content
    return " ".join(block.get("text", "") for block in content)


def _count(text: str) -> int:
    return 1 + len(text) // CHARACTERS_PER_TOKEN


def _answer(request: dict[str, Any], text: str, reason: str, tokens: tuple[int, int]) -> dict[str, Any]:
    asked, said = tokens
    if "messages" not in request and "max_tokens" not in request:
        return {
            **{"generation": text, "prompt_token_count": asked, "generation_token_count": said},
            **{"stop_reason": reason, "logprobs": None},
        }
    usage = {"prompt_tokens": asked, "completion_tokens": said, "total_tokens": asked + said}
    choice: dict[str, Any] = {"index": 0, "finish_reason": reason}
    kind, mark = ("chat.completion", "chatcmpl") if "messages" in request else ("text_completion", "cmpl")
    choice |= {"message": {"role": "assistant", "content": text}} if "messages" in request else {"text": text}
    called = {"id": f"{mark}-{identifier(32)}", "object": kind, "created": int(time.time())}
    return {**called, "choices": [choice], "usage": usage}
