"""Answers of a model that may search knowledge bases: it calls a tool, and this API answers the call.

The dialects see the model's last turn, with the texts and searches of the turns before it. A search is a block of the
content: {SEARCH: {"query", "passages"}}, and a block of text can have `citations` (passage_citations.py). A stream has
Event(SEARCH, {"query"}) when a search begins and the same with `passages` at its end, and citations are deltas:
{"citation": ...}. If the model also calls tools of the caller, those calls are the answer: the caller has to answer
them, and the model can search again then.
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any

from inference_api import conversation
from inference_api.aws.client import SILENCE, Event
from inference_api.conversation import Turn
from inference_api.errors import ApiError, failure_name
from inference_api.fallback import Served
from inference_api.found_passages import FoundPassages, KnowledgeSearch
from inference_api.http_messages import Facts
from inference_api.passage_citations import Citing
from inference_api.search_turns import StreamedTurn, spoken
from inference_api.service import Service

__all__ = ["SEARCH", "TOOL", "KnowledgeSearch", "converse", "converse_stream"]

TOOL = "file_search"
SEARCH = "knowledgeSearch"
MAX_TURNS_WITH_SEARCHES = 4
_DESCRIPTION = "Searches the documents and returns the passages that fit the query best. Use it for facts from them."
_SCHEMA = {
    "type": "object",
    "properties": {"query": {"type": "string", "description": "What to look for, as a complete question or phrase"}},
    "required": ["query"],
}
_NO_QUERY = 'query is missing; call the tool with {"query": "..."}'
_ENOUGH = "No more searches are possible; answer with the passages that you have."


def converse(turn: Turn, search: KnowledgeSearch, service: Service, facts: Facts) -> Served[dict[str, Any]]:
    """As conversation.converse. Raises ApiError also for unknown knowledge bases."""
    searching = _Searching(turn, search, service, facts)
    content: list[dict[str, Any]] = []
    while True:
        served: Served[dict[str, Any]] = searching.ask(conversation.converse)
        response = served.answer
        searching.count(response.get("usage"))
        blocks = response["output"]["message"].get("content", [])
        content += spoken(blocks, searching.citing, searching.tool)
        if not searching.goes_on(blocks, response["stopReason"]):
            break
        content += [{SEARCH: found} for found in searching.answers(blocks) if "passages" in found]
    message = {**response["output"]["message"], "content": content}
    answer = {
        **response,
        "output": {**response["output"], "message": message},
        "usage": searching.usage,
    }
    return served._replace(answer=answer)


def converse_stream(
    turn: Turn, search: KnowledgeSearch, service: Service, facts: Facts
) -> Served[Generator[Event, None, None]]:
    """As conversation.converse_stream. Raises ApiError also for unknown knowledge bases."""
    searching = _Searching(turn, search, service, facts)
    served: Served[Generator[Event, None, None]] = searching.ask(conversation.converse_stream)
    events = _events(searching, served.answer, facts)
    next(events)  # begins it: only then does closing it end the call
    return served._replace(answer=events)


def _events(searching: _Searching, events: Generator[Event, None, None], facts: Facts) -> Generator[Event, None, None]:
    begin = 0
    try:
        yield SILENCE
        while True:
            streamed = StreamedTurn(searching.citing, searching.tool, begin)
            for event in events:
                yield from streamed.seen(event)
            searching.count(streamed.metadata.get("usage"))
            if not searching.goes_on(streamed.blocks, streamed.stop_reason):
                yield from streamed.end(searching.usage)
                return
            yield SILENCE
            for found in searching.answers(streamed.blocks):
                yield Event(SEARCH, found)
            begin = streamed.next_index
            events = searching.ask(conversation.converse_stream).answer
    except Exception as error:
        facts.error = failure_name(error)
        raise
    finally:
        events.close()


class _Searching:
    """One answer: the conversation so far, and what its searches found."""

    def __init__(self, turn: Turn, search: KnowledgeSearch, service: Service, facts: Facts) -> None:
        self._left = search.max_searches
        self._found = FoundPassages(search, service, citing=turn.answer_schema is None)
        self.citing = Citing(self._found.numbered)
        self.usage: dict[str, Any] = {}
        self._service = service
        self._facts = facts
        self._turns = 0
        config = turn.request.get("toolConfig") or {"tools": []}
        self.tool = TOOL
        while self.tool in [tool.get("toolSpec", {}).get("name") for tool in config["tools"]]:
            self.tool += "_"
        specification = {"name": self.tool, "description": _DESCRIPTION, "inputSchema": {"json": _SCHEMA}}
        choice = {"toolChoice": {"tool": {"name": self.tool}}} if search.demanded else {}
        tools = {**config, "tools": [*config["tools"], {"toolSpec": specification}], **choice}
        self._turn = turn._replace(request={**turn.request, "toolConfig": tools})

    def ask(self, call: Any) -> Any:
        """Asks for the next turn. Each has all attempts; the log has those of all turns."""
        before, self._facts.attempts = self._facts.attempts, []
        try:
            return call(self._turn, self._service, self._facts)
        finally:
            self._facts.attempts = before + self._facts.attempts

    def count(self, usage: Mapping[str, Any] | None) -> None:
        for name, value in (usage or {}).items():
            self.usage[name] = self.usage.get(name, 0) + value if isinstance(value, int) else value
        self._facts.usage = self.usage

    def goes_on(self, blocks: list[dict[str, Any]], reason: str) -> bool:
        """Whether the model waits for searches, and for nothing else. Raises ApiError if it has searched enough."""
        names = [block["toolUse"]["name"] for block in blocks if "toolUse" in block]
        if reason != "tool_use" or not names or set(names) != {self.tool}:
            return False
        if self._turns > MAX_TURNS_WITH_SEARCHES:
            message = "the model searched again and again without an answer; send the request again or change it"
            raise ApiError(502, "model_error", message)
        return True

    def answers(self, blocks: list[dict[str, Any]]) -> Generator[dict[str, Any], None, None]:
        """Searches, and continues the conversation with what was found."""
        results = []
        for block in blocks:
            if "toolUse" in block:
                use = block["toolUse"]
                text, status = yield from self._answer(use)
                result = {"toolUseId": use["toolUseId"], "content": [{"text": text}], **status}
                results.append({"toolResult": result})
        request = dict(self._turn.request)
        said = [block for block in blocks if block.get("text") != ""]
        request["messages"] = [
            *request["messages"],
            {"role": "assistant", "content": said},
            {"role": "user", "content": results},
        ]
        # A choice that demands a tool would demand it for ever.
        request["toolConfig"] = {name: value for name, value in request["toolConfig"].items() if name != "toolChoice"}
        self._turn = self._turn._replace(request=request)
        self._turns += 1
        self.citing.separate()

    def _answer(self, use: Mapping[str, Any]) -> Generator[dict[str, Any], None, tuple[str, dict[str, str]]]:
        query = use["input"].get("query")
        if self._turns == MAX_TURNS_WITH_SEARCHES or self._left == 0:
            return _ENOUGH, {}
        if not isinstance(query, str) or not query.strip():
            return _NO_QUERY, {"status": "error"}
        self._left -= 1
        self._facts.searches += 1
        yield {"query": query}
        passages = self._found.find(query)
        yield {"query": query, "passages": passages}
        return self._found.shown(passages), {}
