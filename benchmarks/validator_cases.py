"""Records that differ from a good one in one thing each, and why the kit judges some otherwise than AWS does."""

import json
from typing import Any

from tests.training_data.checking.dataset_corpus import medium_of

QUESTION, ANSWER = "What does E1 mean?", "The tank is empty."


def _turn(role: str, *blocks: Any) -> dict[str, Any]:
    return {"role": role, "content": [{"text": block} if isinstance(block, str) else block for block in blocks]}


def _record(*turns: Any, **more: Any) -> dict[str, Any]:
    return {"schemaVersion": "bedrock-conversation-2024", "messages": list(turns), **more}


def _converse(question: Any = QUESTION, answer: Any = ANSWER, **more: Any) -> dict[str, Any]:
    return _record(_turn("user", question), _turn("assistant", answer), **more)


def _media(*blocks: Any) -> dict[str, Any]:
    return _record(_turn("user", QUESTION, *blocks), _turn("assistant", ANSWER))


def _chat(**more: Any) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": QUESTION}], **more}


USER, ASSISTANT = _turn("user", QUESTION), _turn("assistant", ANSWER)
IMAGE = medium_of("image", "png")
_RECORDS: dict[str, dict[str, Any]] = {
    "converse": {
        "a good conversation": _converse(),
        "with a system prompt": _converse(system=[{"text": "Be brief."}]),
        "without schemaVersion": {"messages": [USER, ASSISTANT]},
        "another schemaVersion": _converse() | {"schemaVersion": "v1"},
        "an unknown key in the record": _converse(id=7),
        "an unknown key in a turn": _record({**USER, "name": "Ann"}, ASSISTANT),
        "an unknown key in a block": _record(_turn("user", {"text": QUESTION, "type": "text"}), ASSISTANT),
        "an empty list as system": _converse(system=[]),
        "an empty system prompt": _converse(system=[{"text": ""}]),
        "system is null": _converse(system=None),
        "one turn": _record(USER),
        "the assistant begins": _record(ASSISTANT, USER),
        "the user ends": _record(USER, ASSISTANT, USER),
        "two user turns": _record(USER, USER, ASSISTANT),
        "a role in capitals": _record({**USER, "role": "USER"}, ASSISTANT),
        "an empty text": _converse(question=""),
        "a blank text": _converse(question=" \n"),
        "an empty text beside another": _record(_turn("user", QUESTION, ""), ASSISTANT),
        "a text that is null": _record(_turn("user", {"text": None}), ASSISTANT),
        "no content blocks": _record(_turn("user"), ASSISTANT),
        "a number as text": _record(_turn("user", {"text": 7}), ASSISTANT),
        "reserved word User:": _converse(question="User: hello"),
        "reserved word USER:": _converse(question="USER: hello"),
        "reserved word user:": _converse(question="the user: hello"),
        "reserved word Thought:": _converse(answer="Thought: none"),
        "reserved word [EOS]": _converse(answer="Done.[EOS]"),
        "reserved word <image>": _converse(question="<image> what is it?"),
        "reserved word <unk>": _converse(question="<unk>"),
        "half a character": _converse(question="a\ud83d"),
        "an image": _media(IMAGE),
        "an image without bucketOwner": _media(medium_of("image", "png", owner=None)),
        "an image in capitals (PNG)": _media(medium_of("image", "PNG")),
        "an image as jpg": _media(medium_of("image", "jpg")),
        "an image without text": _record(_turn("user", IMAGE), ASSISTANT),
        "an image beside an empty text": _record(_turn("user", "", IMAGE), ASSISTANT),
        "a space in the place of an image": _media(medium_of("image", "png", uri="s3://b/a b.png")),
        "an umlaut in the place of an image": _media(medium_of("image", "png", uri="s3://b/\u00e4.png")),
        "11 images in a turn": _media(*[IMAGE] * 11),
        "11 images in two turns": _record(
            _turn("user", *[IMAGE] * 6), ASSISTANT, _turn("user", *[IMAGE] * 5), ASSISTANT
        ),
        "an image and a video": _media(IMAGE, medium_of("video", "mp4")),
        "an image of the assistant": _record(USER, _turn("assistant", ANSWER, IMAGE)),
        "a document": _media({"document": {"format": "pdf", "source": IMAGE["image"]["source"]}}),
        "a tool call": _record(USER, _turn("assistant", {"toolUse": {"toolUseId": "1", "name": "a", "input": {}}})),
        "reasoning": _record(
            USER, _turn("assistant", {"reasoningContent": {"reasoningText": {"text": "Well."}}}, ANSWER)
        ),
    },
    "prompt-completion": {
        "a prompt and a completion": {"prompt": QUESTION, "completion": ANSWER},
        "an empty prompt": {"prompt": "", "completion": ANSWER},
        "a prompt without completion": {"prompt": QUESTION},
        "an unknown key beside the prompt": {"prompt": QUESTION, "completion": ANSWER, "id": 1},
    },
    "distillation-prompts": {
        "a prompt to distil": _record(USER),
        "a prompt to distil and its answer": _converse(),
        "a prompt to distil without schemaVersion": {"messages": [USER]},
        "a prompt to distil with another schemaVersion": _record(USER) | {"schemaVersion": "v1"},
        "two system blocks": _record(USER, system=[{"text": "a"}, {"text": "b"}]),
        "two blocks in a turn": _record(_turn("user", "a", "b")),
        "a key type beside the text": _record(_turn("user", {"text": QUESTION, "type": "text"})),
        "an empty prompt to distil": _record(_turn("user", "")),
        "three turns to distil": _record(USER, ASSISTANT, USER),
        "the assistant begins a prompt": _record(ASSISTANT),
        "a reserved word in a prompt": _record(_turn("user", "User: hello")),
    },
    "reinforcement-prompts": {
        "a question with its reference": _chat(reference_answer="Empty."),
        "a question without tools": _chat(),
        "a number as reference": _chat(reference_answer=5),
        "an unknown key for the grader": _chat(unit="s"),
        "a turn of a tool": {"messages": [*_chat()["messages"], {"role": "tool", "content": "x"}]},
        "a turn without role": {"messages": [*_chat()["messages"], {"content": "x"}]},
        "a turn without content": {"messages": [*_chat()["messages"], {"role": "assistant"}]},
        "content in parts": {"messages": [{"role": "user", "content": [{"type": "text", "text": QUESTION}]}]},
        "no user turn": {"messages": [{"role": "system", "content": "x"}]},
        "reserved word User: in a question": {"messages": [{"role": "user", "content": "User: hi"}]},
    },
}
_LINES = {
    "a byte order mark": b"\xef\xbb\xbf" + json.dumps(_converse()).encode(),
    "NaN": json.dumps(_converse()).encode().replace(b"{", b'{"x": NaN, ', 1),
    "a key twice": json.dumps(_converse()).encode().replace(b'"text"', b'"text": "x", "text"', 1),
    "not UTF-8": json.dumps(_converse()).encode().replace(b"E1", b"\xe9"),
    "a second record on the line": json.dumps(_converse()).encode() * 2,
}
CASES: dict[str, tuple[str, bytes]] = {
    **{
        name: (record_format, json.dumps(record).encode())
        for record_format, records in _RECORDS.items()
        for name, record in records.items()
    },
    **{name: ("converse", line) for name, line in _LINES.items()},
}
_TYPO = "a key that nobody trains on is most often a misspelt one; Forge and the distillation validator refuse it too"
_GUIDE = "the guide says in words that it is taken"
_WORDS = "the guide: the job fails on it; this validator does not look at words"
_BLANK = "Bedrock refuses blank text at inference, so nothing can be learned from it"
_UNDEFINED = "the guide defines no such content, and an empty list says nothing"
EXPLANATIONS: dict[str, str] = {
    "without schemaVersion": "every example of the guide has it; Forge asks for it",
    "another schemaVersion": f"{_GUIDE} (any string), Forge refuses it: a warning",
    "an unknown key in the record": _TYPO,
    "an unknown key in a turn": _TYPO,
    "an unknown key in a block": _TYPO,
    "an unknown key beside the prompt": _TYPO,
    "a key type beside the text": "the guide's format has text only",
    "an empty list as system": _UNDEFINED,
    "no content blocks": _UNDEFINED,
    "system is null": _UNDEFINED,
    "an empty system prompt": _BLANK,
    "a blank text": _BLANK,
    "an empty text beside another": _BLANK,
    "an image beside an empty text": _BLANK,
    "an empty prompt": _BLANK,
    "an empty prompt to distil": _BLANK,
    "reserved word User:": _WORDS,
    "reserved word [EOS]": _WORDS,
    "reserved word <image>": _WORDS,
    "reserved word USER:": "Forge refuses it, this validator does not look at words",
    "reserved word Thought:": "Forge refuses it, this validator does not look at words",
    "reserved word <unk>": "Forge refuses it, this validator does not look at words",
    "half a character": "UTF-8 cannot hold it: the file that is read back is another one",
    "an image without bucketOwner": "Bedrock's API does not ask for it, Forge does: a warning",
    "an image in capitals (PNG)": "the API's formats are in small letters",
    "an umlaut in the place of an image": "the API's pattern for S3 places has ASCII letters only",
    "11 images in two turns": "the guide limits images by record, the validator by turn",
    "a tool call": "the guide on fine-tuning in Bedrock describes text, images and videos only",
    "reasoning": "the guide on fine-tuning in Bedrock describes text, images and videos only",
    "a document": "the guide on fine-tuning in Bedrock describes text, images and videos only",
    "three turns to distil": f"{_GUIDE} for Nova students: a warning there, a finding for Llama",
    "a turn of a tool": "the guide names the roles system, user and assistant",
    "a turn without role": "the guide names the roles system, user and assistant",
    "a turn without content": "the guide shows text as content",
    "content in parts": "the guide shows text as content",
    "a question without tools": "the guide's example has no tools",
    "reserved word User: in a question": "the guide names no reserved words here: a warning",
    "reserved word user:": "the guide and Forge write the words in their letter case: a warning",
    "NaN": "NaN is no JSON; Python's json reads it",
    "a key twice": "Python's json keeps the last one and says nothing",
}
# Rules of the kit that refuse mutated records which a validator of AWS accepts, and the case above that shows why.
EXPLAINED_RULES = {
    "content": "no content blocks",
    "empty-text": "a blank text",
    "encoding": "half a character",
    "json": "a key twice",
    "media-count": "11 images in two turns",
    "media-format": "an image in capitals (PNG)",
    "media-uri": "an umlaut in the place of an image",
    "reserved-word": "reserved word User:",
    "roles": "a turn without role",
    "schema-version": "without schemaVersion",
    "turns": "a turn without content",
    "unknown-key": "an unknown key in the record",
}
