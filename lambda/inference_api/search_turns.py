"""One turn of a model that may search: what the caller gets of it, and its blocks for the turn after it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inference_api.aws.client import Event
from inference_api.passage_citations import Citation, Citing

Block = dict[str, Any]


def spoken(blocks: Sequence[Mapping[str, Any]], citing: Citing, tool: str) -> list[Block]:
    """The blocks for the caller, without calls of `tool`. Blocks of text have `citations` in place of marks."""
    shown: list[Block] = []
    for block in blocks:
        if "text" not in block:
            if block.get("toolUse", {}).get("name") != tool:
                shown.append(dict(block))
            continue
        texts: list[str] = []
        citations: list[Citation] = []
        for part in (*citing.feed(block["text"]), *citing.flush()):
            texts.append(part) if isinstance(part, str) else citations.append(part)
        if texts or citations:
            shown.append({**block, "text": "".join(texts), "citations": citations})
    return shown


class StreamedTurn:
    """The events of ConverseStream of one turn. `begin`: the index of the first block in the caller's answer."""

    def __init__(self, citing: Citing, tool: str, begin: int) -> None:
        self._citing = citing
        self._tool = tool
        self._begin = begin
        self._blocks: dict[int, Block] = {}
        self._inputs: dict[int, list[str]] = {}
        self.stop_reason = ""
        self.metadata: dict[str, Any] = {}
        self._stop: dict[str, Any] = {}

    @property
    def blocks(self) -> list[Block]:
        for index, parts in self._inputs.items():
            self._blocks[index]["toolUse"]["input"] = _object("".join(parts))
        return [self._blocks[index] for index in sorted(self._blocks)]

    @property
    def next_index(self) -> int:
        return self._begin + max(self._blocks, default=-1) + 1

    def seen(self, event: Event) -> Iterator[Event]:
        """What the caller gets at once."""
        name, value = event
        if name == "contentBlockDelta":
            yield from self._delta(value)
        elif name == "contentBlockStart":
            yield from self._started(value)
        elif name == "contentBlockStop":
            yield from self._stopped(value)
        elif name == "messageStop":
            self.stop_reason, self._stop = value["stopReason"], value
        elif name == "metadata":
            self.metadata = value
        elif name != "messageStart" or self._begin == 0:
            yield event

    def end(self, usage: Mapping[str, Any]) -> Iterator[Event]:
        """The end of the answer. `usage`: of all turns."""
        yield Event("messageStop", self._stop)
        if self.metadata:
            yield Event("metadata", {**self.metadata, "usage": usage})

    def _started(self, value: Mapping[str, Any]) -> Iterator[Event]:
        use = value.get("start", {}).get("toolUse")
        index = value.get("contentBlockIndex", 0)
        if use:
            self._blocks[index] = {"toolUse": {"toolUseId": use["toolUseId"], "name": use["name"], "input": {}}}
            self._inputs[index] = []
        if not self._is_search(index):
            yield self._moved("contentBlockStart", value)

    def _delta(self, value: Mapping[str, Any]) -> Iterator[Event]:
        index, delta = value.get("contentBlockIndex", 0), value["delta"]
        if "text" in delta:
            block = self._blocks.setdefault(index, {"text": ""})
            block["text"] += delta["text"]
            yield from self._texts(self._citing.feed(delta["text"]), value)
            return
        if "toolUse" in delta and index in self._inputs:
            self._inputs[index].append(delta["toolUse"]["input"])
        elif "reasoningContent" in delta:
            self._reason(self._blocks.setdefault(index, {"reasoningContent": {}}), delta["reasoningContent"])
        if not self._is_search(index):
            yield self._moved("contentBlockDelta", value)

    def _stopped(self, value: Mapping[str, Any]) -> Iterator[Event]:
        index = value.get("contentBlockIndex", 0)
        if "text" in self._blocks.get(index, {}):
            yield from self._texts(self._citing.flush(), value)
        if not self._is_search(index):
            yield self._moved("contentBlockStop", value)

    def _texts(self, parts: Iterator[str | Citation], value: Mapping[str, Any]) -> Iterator[Event]:
        for part in parts:
            delta = {"text": part} if isinstance(part, str) else {"citation": part}
            yield self._moved("contentBlockDelta", {**value, "delta": delta})

    @staticmethod
    def _reason(block: Block, delta: Mapping[str, Any]) -> None:
        """Bedrock wants the reasoning before a tool call back, with its signature."""
        content = block["reasoningContent"]
        if "redactedContent" in delta:
            content["redactedContent"] = delta["redactedContent"]
            return
        reasoning = content.setdefault("reasoningText", {"text": ""})
        reasoning["text"] += delta.get("text", "")
        if "signature" in delta:
            reasoning["signature"] = delta["signature"]

    def _is_search(self, index: int) -> bool:
        return bool(self._blocks.get(index, {}).get("toolUse", {}).get("name") == self._tool)

    def _moved(self, name: str, value: Mapping[str, Any]) -> Event:
        return Event(name, {**value, "contentBlockIndex": self._begin + value.get("contentBlockIndex", 0)})


def _object(text: str) -> dict[str, Any]:
    """Empty for what is no JSON object: the model is told so."""
    try:
        value = json.loads(text)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
