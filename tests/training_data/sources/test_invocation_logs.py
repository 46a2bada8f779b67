"""Model invocation logs: Converse and InvokeModel bodies of several providers, streamed or not; what has no text."""

import re
from typing import Any

import pytest

from training_data.sources.invocation_logs import log_conversation

TURN = {"role": "user", "content": [{"text": "q"}]}


def log(request: Any, answer: Any, **more: Any) -> dict[str, Any]:
    bodies = {"input": {"inputBodyJson": request}, "output": {"outputBodyJson": answer}}
    return {"schemaType": "ModelInvocationLog", **bodies, **more}


CONVERSE = {"output": {"message": {"role": "assistant", "content": [{"text": "a"}]}}}
BODIES = [
    ({"messages": [TURN]}, CONVERSE),
    ({"schemaVersion": "messages-v1", "messages": [TURN]}, CONVERSE),
    ({"messages": [{"role": "user", "content": "q"}]}, {"content": [{"type": "text", "text": "a"}]}),
    ({"messages": [{"role": "user", "content": "q"}]}, {"choices": [{"message": {"content": "a"}}]}),
    ({"prompt": "q"}, {"generation": "a"}),
    ({"prompt": "q"}, {"outputs": [{"text": "a"}]}),
    ({"inputText": "q"}, {"results": [{"outputText": "a"}]}),
    ({"message": "q"}, {"text": "a"}),
    ({"messages": [TURN]}, [{"contentBlockDelta": {"delta": {"text": "a"}}}, {"messageStop": {}}]),
    ({"messages": [TURN]}, [{"type": "content_block_delta", "delta": {"type": "text_delta", "text": "a"}}]),
]  # fmt: skip


@pytest.mark.parametrize(("request_body", "answer"), BODIES, ids=range(len(BODIES)))
def test_each_form_gives_question_and_answer(request_body: Any, answer: Any) -> None:
    conversation = log_conversation(log(request_body, answer))

    assert conversation.turns == (("user", "q"), ("assistant", "a"))
    assert conversation.others == {}


def test_the_system_prompt_is_kept_and_offered_tools_are_named() -> None:
    request = {"system": [{"text": "s"}], "messages": [TURN], "toolConfig": {"tools": [{}]}}

    conversation = log_conversation(log(request, CONVERSE))

    assert conversation.system == "s"
    assert list(conversation.others) == ["input.toolConfig"]


REFUSED = [
    (log({"messages": [TURN]}, None, errorCode="ThrottlingException"), "is a call that failed (ThrottlingException)"),
    ({"input": {"inputBodyS3Path": "s3://b/k"}, "output": {}}, "keeps its input in s3://b/k"),
    ({"output": {}}, "has no input"),
    (log("text", {}), "input.inputBodyJson must be an object, got str"),
    (log({"taskType": "TEXT_IMAGE"}, {}), "has a request body of an unknown form, keys ['taskType']"),
    (log({"messages": [TURN]}, {"images": []}), "has an answer body of an unknown form, got ['images']"),
    (log({"messages": ["q"]}, CONVERSE), "messages[0] must be an object"),
    (log({"messages": [TURN]}, [{"messageStop": {}}]), "has a streamed answer without text"),
    (log({"messages": [TURN]}, [{"delta": {"partial_json": "{"}}]), "calls a tool in its answer"),
    (
        log({"messages": [TURN]}, {"output": {"message": {"content": [{"toolUse": {"name": "x"}}]}}}),
        "output.message.content may hold text only",
    ),
]


@pytest.mark.parametrize(("record", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_has_no_text_is_refused_with_the_reason(record: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)):
        log_conversation(record)
