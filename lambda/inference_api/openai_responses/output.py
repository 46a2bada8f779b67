"""The items of an answer, as a response has them and as a stream sends them piece by piece."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from inference_api.openai_responses.reasoning import encoded
from inference_api.passage_citations import Citation, Passage

COMPLETED, INCOMPLETE, IN_PROGRESS = "completed", "incomplete", "in_progress"
Piece = tuple[str, dict[str, Any]]  # the type of an event and what it says


class Message:
    """Text of the model. `parts`: its deltas. `before`: the items before it."""

    def __init__(self, answer_id: str, before: Sequence[Item]) -> None:
        self.index = index = len(before)
        self.id = f"msg_{answer_id}_{index}"
        self._begin = sum(len(part) for item in before if isinstance(item, Message) for part in item.parts)
        self._annotations: list[dict[str, Any]] = []
        self.place = {"item_id": self.id, "output_index": index, "content_index": 0}
        self.parts: list[str] = []

    def begun(self) -> Iterator[Piece]:
        yield _added(self, {**self.item(IN_PROGRESS), "content": []})
        yield "response.content_part.added", {**self.place, "part": _output_text("", ())}

    def cited(self, citation: Citation) -> Iterator[Piece]:
        """`citation`: with offsets in the text of the whole answer. It may begin before this message."""
        start, end = (max(citation[name] - self._begin, 0) for name in ("start", "end"))
        place = {"start_index": start, "end_index": end}
        annotation = {"type": "url_citation", "url": citation["source"], "title": citation["title"], **place}
        index = {"annotation_index": len(self._annotations)}
        self._annotations.append(annotation)
        yield "response.output_text.annotation.added", {**self.place, **index, "annotation": annotation}

    def ended(self) -> Iterator[Piece]:
        text = "".join(self.parts)
        yield "response.output_text.done", {**self.place, "text": text, "logprobs": []}
        yield "response.content_part.done", {**self.place, "part": _output_text(text, self._annotations)}

    def item(self, status: str) -> dict[str, Any]:
        content = [_output_text("".join(self.parts), self._annotations)]
        return {"id": self.id, "type": "message", "status": status, "role": "assistant", "content": content}


class Reasoning:
    """A block of reasoning. `summary`: the caller has asked for it as a summary."""

    def __init__(self, answer_id: str, index: int, *, summary: bool) -> None:
        self.id, self.index, self._summary = f"rs_{answer_id}_{index}", index, summary
        self._parts: list[str] = []
        self._signature: list[str] = []
        self._redacted: str | bytes = ""
        number = "summary_index" if summary else "content_index"
        self._place = {"item_id": self.id, "output_index": index, number: 0}
        self._text_event = "response.reasoning_summary_text" if summary else "response.reasoning_text"
        self._part_event = "response.reasoning_summary_part" if summary else "response.content_part"

    def begun(self) -> Iterator[Piece]:
        yield _added(self, self.item(IN_PROGRESS))

    def more(self, value: Mapping[str, Any]) -> Iterator[Piece]:
        """`value`: the delta of Converse, or its whole block."""
        self._signature.append(value.get("signature", ""))
        self._redacted = value.get("redactedContent", self._redacted)
        text = value.get("text")
        if not text:
            return
        if not self._parts:
            yield f"{self._part_event}.added", {**self._place, "part": self._part("")}
        self._parts.append(text)
        yield f"{self._text_event}.delta", {**self._place, "delta": text}

    def ended(self) -> Iterator[Piece]:
        if self._parts:
            text = "".join(self._parts)
            yield f"{self._text_event}.done", {**self._place, "text": text}
            yield f"{self._part_event}.done", {**self._place, "part": self._part(text)}

    def item(self, status: str) -> dict[str, Any]:
        text = "".join(self._parts)
        shown = [self._part(text)] if text else []
        item: dict[str, Any] = {"id": self.id, "type": "reasoning", "summary": shown if self._summary else []}
        if not self._summary:
            item["content"] = shown
        encrypted = encoded(text, "".join(self._signature), self._redacted)
        return item | {"encrypted_content": encrypted, "status": status}

    def _part(self, text: str) -> dict[str, str]:
        return {"type": "summary_text" if self._summary else "reasoning_text", "text": text}


class Call:
    """A call of a tool."""

    def __init__(self, answer_id: str, index: int, *, call_id: str, name: str) -> None:
        self.id, self.index = f"fc_{answer_id}_{index}", index
        self._call_id, self._name = call_id, name
        self._place = {"item_id": self.id, "output_index": index}
        self._parts: list[str] = []

    def begun(self) -> Iterator[Piece]:
        yield _added(self, self.item(IN_PROGRESS))

    def more(self, text: str) -> Iterator[Piece]:
        if text:
            self._parts.append(text)
            yield "response.function_call_arguments.delta", {**self._place, "delta": text}

    def ended(self) -> Iterator[Piece]:
        if not self._parts:  # a call without arguments: callers parse it as JSON
            yield from self.more("{}")
        done = {**self._place, "name": self._name, "arguments": "".join(self._parts)}
        yield "response.function_call_arguments.done", done

    def item(self, status: str) -> dict[str, Any]:
        return {
            "id": self.id,
            "type": "function_call",
            "status": status,
            "call_id": self._call_id,
            "name": self._name,
            "arguments": "".join(self._parts),
        }


class Search:
    """A search of knowledge bases. `results`: the caller gets the passages."""

    def __init__(self, answer_id: str, index: int, *, query: str, results: bool) -> None:
        self.id, self.index = f"fs_{answer_id}_{index}", index
        self._query, self._results = query, results
        self._place = {"item_id": self.id, "output_index": index}
        self._passages: Sequence[Passage] | None = None  # None until the search is over

    def begun(self) -> Iterator[Piece]:
        yield _added(self, self.item(IN_PROGRESS))
        yield "response.file_search_call.in_progress", self._place
        yield "response.file_search_call.searching", self._place

    def found(self, passages: Sequence[Passage]) -> None:
        self._passages = passages

    def ended(self) -> Iterator[Piece]:
        yield "response.file_search_call.completed", self._place

    def item(self, status: str) -> dict[str, Any]:
        found = self._passages
        return {
            "id": self.id,
            "type": "file_search_call",
            "status": status if found is None else COMPLETED,
            "queries": [self._query],
            "results": [_result(passage) for passage in found] if self._results and found is not None else None,
        }


Item = Message | Reasoning | Call | Search


def _added(item: Item, value: dict[str, Any]) -> Piece:
    return "response.output_item.added", {"output_index": item.index, "item": value}


def _output_text(text: str, annotations: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    return {"type": "output_text", "annotations": [*annotations], "logprobs": [], "text": text}


def _result(passage: Passage) -> dict[str, Any]:
    """OpenAI's attributes have no lists."""
    metadata = passage["metadata"].items()
    return {
        "file_id": passage["source"],
        "filename": (passage["source"] or "").rpartition("/")[2],
        "score": passage["score"],
        "text": passage["text"],
        "attributes": {name: ", ".join(value) if isinstance(value, list) else value for name, value in metadata},
    }
