"""The mock's turn in Converse and ConverseStream: text, or a tool call with arguments that satisfy the tool's schema.

It calls a tool when toolChoice demands one, and with `auto` when the question names one. It heeds maxTokens and
stopSequences.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import hashlib
import json
from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock import invocation
from local_aws.extension.bedrock.judge_mock import grade, verdict
from local_aws.extension.bedrock.schema_examples import UnsatisfiedError, example

CHARACTERS_PER_TOKEN = 4
STOP_REASON = "kit_stop_reason"
Message = dict[str, Any]


def install() -> None:
    """Let the stop reason of a mock's turn pass through ministack's translation of OpenAI's messages."""
    translate = bedrock_runtime._converse_blocks_from_message

    def translated(message: Message) -> tuple[list[dict[str, Any]], str]:
        blocks, reason = translate(message)
        return blocks, message.get(STOP_REASON, reason)

    bedrock_runtime._converse_blocks_from_message = translated


def turn(
    model_id: str,
    messages: list[Message],
    system: list[Message],
    inference: dict[str, Any],
    tools: dict[str, Any] | None,
) -> Message:
    """The assistant's turn as a message of OpenAI's chat API, which is what ministack translates."""
    tool = _demanded(messages, tools or {})
    if tool:
        return _call(tool, messages)
    text = _answer(model_id, messages, system)
    cut, reason = shortened(text, inference)
    return {"role": "assistant", "content": cut, STOP_REASON: reason}


def shortened(text: str, inference: dict[str, Any]) -> tuple[str, str]:
    """The text up to the first stop sequence or the last token allowed, and the stop reason."""
    reason, kept = "end_turn", text
    places = [text.find(sequence) for sequence in inference.get("stopSequences") or [] if sequence in text]
    if places:
        reason, kept = "stop_sequence", text[: min(places)]
    most = inference.get("maxTokens")
    if most is not None and len(kept) > most * CHARACTERS_PER_TOKEN:
        reason, kept = "max_tokens", kept[: most * CHARACTERS_PER_TOKEN]
    return kept, reason


def _demanded(messages: list[Message], tools: dict[str, Any]) -> dict[str, Any] | None:
    specs: list[dict[str, Any]] = [tool["toolSpec"] for tool in tools.get("tools") or [] if "toolSpec" in tool]
    choice = tools.get("toolChoice") or {}
    if "tool" in choice:
        return next((spec for spec in specs if spec["name"] == choice["tool"]["name"]), None)
    question = str(bedrock_runtime._last_user_text(messages[-1:])).lower()
    named = [spec for spec in specs if spec["name"].lower() in question]
    if "any" in choice:
        return (named or specs)[0]
    return named[0] if named else None


def _call(tool: dict[str, Any], messages: list[Message]) -> Message:
    try:
        arguments = example((tool.get("inputSchema") or {}).get("json") or {"type": "object"})
    except UnsatisfiedError:
        return {"role": "assistant", "content": "", STOP_REASON: "malformed_tool_use"}
    if (tool.get("inputSchema") or {}).get("json", {}).get("properties", {}).get("query", {}).get("type") == "string":
        arguments["query"] = str(bedrock_runtime._last_user_text(messages)) or arguments.get("query", "")
    seed = json.dumps([tool["name"], messages], sort_keys=True, default=str)
    identifier = f"tooluse_{hashlib.sha256(seed.encode()).hexdigest()[:22]}"
    function = {"name": tool["name"], "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": identifier, "function": function}]}


def _answer(model_id: str, messages: list[Message], system: list[Message]) -> str:
    results = [block["toolResult"] for block in (messages or [{}])[-1].get("content", []) if "toolResult" in block]
    if not results:
        asked = str(bedrock_runtime._last_user_text(messages))
        judged = verdict(asked) or grade(asked)
        return judged or invocation.mock_reply(model_id, messages, system)
    said = " ".join(_result_text(result) for result in results)
    return f"[mock answer by {invocation.resolve(model_id)}] The tool answered: {said[:200]}"


def _result_text(result: dict[str, Any]) -> str:
    return " ".join(
        str(item.get("text") or json.dumps(item.get("json") or item.get("status") or "")) for item in result["content"]
    )
