"""Bedrock's model invocation logs (S3 format, one JSON object a line) as conversations: Converse and InvokeModel. Pure.

https://docs.aws.amazon.com/bedrock/latest/userguide/model-invocation-logging.html
"""

from collections.abc import Mapping
from typing import Any

from training_data.conversation import Conversation
from training_data.sources.chats import conversation_from, encodable, plain_text, turn_text

# InvokeModel's bodies are each provider's own: key of the prompt -> path of the answer.
PROMPT_BODIES: dict[str, tuple[tuple[str | int, ...], ...]] = {
    "prompt": (("generation",), ("outputs", 0, "text"), ("completion",), ("generations", 0, "text")),
    "inputText": (("results", 0, "outputText"),),
    "message": (("text",),),
}
ANSWERS: tuple[tuple[str | int, ...], ...] = (
    ("output", "message", "content"),  # Converse, Nova
    ("content",),  # Claude
    ("choices", 0, "message", "content"),  # OpenAI's form: gpt-oss, Qwen, DeepSeek, Mistral
)


def log_conversation(record: Mapping[str, Any]) -> Conversation:
    """Request and answer. Raises ValueError for a call without text, that failed, or whose body is elsewhere."""
    if record.get("errorCode"):
        raise ValueError(f"is a call that failed ({record['errorCode']}); nothing to learn from")
    request, answer = _body(record, "input"), _body(record, "output")
    if not isinstance(request, dict):
        raise ValueError(f"input.inputBodyJson must be an object, got {type(request).__name__}; drop the record")
    others = {f"input.{key}": request[key] for key in ("toolConfig", "tools", "chat_history") if request.get(key)}
    if isinstance(request.get("messages"), list):
        turns = [_turn(message, index) for index, message in enumerate(request["messages"])]
        system = plain_text(request["system"], "system") if request.get("system") else ""
        text = _streamed(answer) if isinstance(answer, list) else _first(answer, ANSWERS)
        return conversation_from(system, [*turns, ("assistant", text)], others)
    for key, paths in PROMPT_BODIES.items():
        if isinstance(request.get(key), str) and not request.get("chat_history"):
            turns = [("user", encodable(request[key], key)), ("assistant", _first(answer, paths))]
            return conversation_from("", turns, others)
    raise ValueError(f"has a request body of an unknown form, keys {sorted(request)[:12]}; drop the record")


def _body(record: Mapping[str, Any], side: str) -> Any:
    part = record.get(side)
    if not isinstance(part, dict):
        raise ValueError(f"has no {side}; invocation logging of text was off, drop the record")
    if path := part.get(f"{side}BodyS3Path"):
        raise ValueError(f"keeps its {side} in {path}, as bodies above 100 KB are; fetch it and put it in its place")
    return part.get(f"{side}BodyJson")


def _turn(message: Any, index: int) -> tuple[str, str]:
    where = f"messages[{index}]"
    if not isinstance(message, dict):
        raise ValueError(f"{where} must be an object with role and content, got {type(message).__name__}; correct it")
    role = str(message.get("role"))
    return role, turn_text(message.get("content"), f"{where}.content", role)


def _first(answer: Any, paths: tuple[tuple[str | int, ...], ...]) -> str:
    for path in paths:
        if (found := _at(answer, path)) is not None:
            return turn_text(found, ".".join(map(str, path)), "assistant")
    got = sorted(answer)[:12] if isinstance(answer, dict) else type(answer).__name__
    raise ValueError(f"has an answer body of an unknown form, got {got}; drop the record")


def _at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        if isinstance(step, int):
            value = value[step] if isinstance(value, list) and len(value) > step else None
        else:
            value = value.get(step) if isinstance(value, dict) else None
    return value


def _streamed(events: list[Any]) -> str:
    """The text of a stream's events: Converse's and Nova's contentBlockDelta, Claude's content_block_delta."""
    texts = []
    for event in events:
        delta = _at(event, ("contentBlockDelta", "delta")) or _at(event, ("delta",))
        if isinstance(delta, dict) and ("toolUse" in delta or "partial_json" in delta):
            raise ValueError("calls a tool in its answer; records hold text only, drop the record")
        if isinstance(delta, dict) and isinstance(delta.get("text"), str):
            texts.append(delta["text"])
    if not texts:
        raise ValueError("has a streamed answer without text; drop the record")
    return encodable("".join(texts), "answer")
