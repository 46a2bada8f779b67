"""The mock's turn in Converse and ConverseStream: text, or a tool call with arguments that satisfy the tool's schema.

It calls a tool when toolChoice demands one, and otherwise when the question names one or is about one (mock_tools.py).
It answers from the passage of the results that shares the most words with the question. It heeds maxTokens and
stopSequences.
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html
"""

import hashlib
import json
from typing import Any

from ministack.services import bedrock_runtime

from local_aws.extension.bedrock import invocation
from local_aws.extension.bedrock.grounding_judge_mock import statements_counted
from local_aws.extension.bedrock.judge_mock import grade, verdict
from local_aws.extension.bedrock.mock_answers import from_results
from local_aws.extension.bedrock.mock_tools import Chosen, chosen
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
    fitting = _fitting(messages, tools or {})
    if fitting and not fitting.missing:
        return _call_message(fitting.spec["name"], fitting.arguments, messages)
    text = _asked_back(model_id, fitting) if fitting else _answer(model_id, messages, system)
    cut, reason = shortened(text, inference)
    return {"role": "assistant", "content": cut, STOP_REASON: reason}


def counted(message: Message, arguments: tuple[Any, ...]) -> tuple[int, int] | None:
    """Tokens in and out of a turn with tools, by length; ministack counts a turn of text only."""
    *_, tools = arguments
    if not tools:
        return None
    out = message["content"] or json.dumps(message.get("tool_calls", ""))
    return len(json.dumps(arguments)) // CHARACTERS_PER_TOKEN, len(out) // CHARACTERS_PER_TOKEN


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


def _fitting(messages: list[Message], tools: dict[str, Any]) -> Chosen | None:
    """The tool that the question is about, unless toolChoice has decided."""
    specs = [tool["toolSpec"] for tool in tools.get("tools") or [] if "toolSpec" in tool]
    decided = {"tool", "any"} & set(tools.get("toolChoice") or {})
    return None if decided else chosen(specs, messages)


def _asked_back(model_id: str, fitting: Chosen) -> str:
    missing = ", ".join(fitting.missing)
    return f"[mock answer by {invocation.resolve(model_id)}] For {fitting.spec['name']} I need {missing}."


def _call(tool: dict[str, Any], messages: list[Message]) -> Message:
    try:
        arguments = example((tool.get("inputSchema") or {}).get("json") or {"type": "object"})
    except UnsatisfiedError:
        return {"role": "assistant", "content": "", STOP_REASON: "malformed_tool_use"}
    if (tool.get("inputSchema") or {}).get("json", {}).get("properties", {}).get("query", {}).get("type") == "string":
        arguments["query"] = str(bedrock_runtime._last_user_text(messages)) or arguments.get("query", "")
    return _call_message(tool["name"], arguments, messages)


def _call_message(name: str, arguments: dict[str, Any], messages: list[Message]) -> Message:
    seed = json.dumps([name, messages], sort_keys=True, default=str)
    identifier = f"tooluse_{hashlib.sha256(seed.encode()).hexdigest()[:22]}"
    function = {"name": name, "arguments": json.dumps(arguments)}
    return {"role": "assistant", "content": None, "tool_calls": [{"id": identifier, "function": function}]}


def _answer(model_id: str, messages: list[Message], system: list[Message]) -> str:
    if any("toolResult" in block for block in (messages or [{}])[-1].get("content", [])):
        return f"[mock answer by {invocation.resolve(model_id)}] {from_results(messages)}"
    asked = str(bedrock_runtime._last_user_text(messages))
    judged = verdict(asked) or grade(asked) or statements_counted(asked)
    return judged or invocation.mock_reply(model_id, messages, system)
