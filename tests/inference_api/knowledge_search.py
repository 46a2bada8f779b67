"""A chat with file_search: what it sends to Converse and Retrieve, and what they answer."""

from __future__ import annotations

from typing import Any

from tests.inference_api.conftest import MICRO, Api, converse_response

CHAT = "/v1/chat/completions"
URI = "s3://documents/descaling.md"
SEARCH = {"type": "file_search", "vector_store_ids": ["documents"]}
CALL = {"toolUse": {"toolUseId": "use-1", "name": "file_search", "input": {"query": "descaling"}}}
ASKED = [{"role": "user", "content": [{"text": "How often?"}]}]
FOUND = (
    "After each statement that you take from a passage, write the number of the passage like this: 【1】.\n\n"
    f"[1] {URI}\nEvery two months.\n\n[2] \nVinegar."
)


def body(*tools: Any, **more: Any) -> dict[str, Any]:
    return {"model": "support-bot", "messages": [{"role": "user", "content": "How often?"}], "tools": [*tools], **more}


def retrieved(api: Api, query: str = "descaling", count: int = 5, **search: Any) -> None:
    location = {"type": "S3", "s3Location": {"uri": URI}}
    results = [
        {"content": {"text": "Every two months."}, "score": 0.9, "location": location},
        {"content": {"text": "Vinegar."}, "score": 0.2},
    ]
    request = {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": query},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": count, **search}},
    }
    api.agent.add_response("retrieve", {"retrievalResults": results}, request)


def said(use: dict[str, Any], text: str, **more: Any) -> list[dict[str, Any]]:
    """The model's turn and the answer of the API to its call."""
    result = {"toolResult": {"toolUseId": use["toolUse"]["toolUseId"], "content": [{"text": text}], **more}}
    return [{"role": "assistant", "content": [use]}, {"role": "user", "content": [result]}]


def tools(*names: str, **choice: Any) -> Any:
    """What Converse gets as toolConfig."""

    class Tools:
        def __eq__(self, other: object) -> bool:
            assert isinstance(other, dict)
            got = [tool["toolSpec"]["name"] for tool in other["tools"]]
            return (got, other.get("toolChoice")) == ([*names], choice or None)

        __hash__ = None  # type: ignore[assignment]

        def __repr__(self) -> str:
            return f"tools {names} {choice}"

    return Tools()


def expect(api: Api, messages: Any, *blocks: Any, reason: str = "end_turn", config: Any = None) -> None:
    request = {"modelId": MICRO["model"], "messages": messages, "toolConfig": config or tools("file_search")}
    api.runtime.add_response("converse", converse_response(*blocks, reason=reason), request)
