"""Citations of RetrieveAndGenerate: which part of the answer is from which passages.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Citation.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api.retrieval import source_of


def citation_of(citation: Mapping[str, Any], answer: str) -> dict[str, Any]:
    """{"text", "start", "end", "sources"}: answer[start:end] is the text; both are None if the answer has it not."""
    part = citation.get("generatedResponsePart", {}).get("textResponsePart", {})
    text = part.get("text", "")
    start = _place(answer, text, part.get("span", {}).get("start") or 0)
    sources = [
        {"source": source_of(reference), "text": reference.get("content", {}).get("text", "")}
        for reference in citation.get("retrievedReferences", [])
    ]
    return {"text": text, "start": start, "end": None if start is None else start + len(text), "sources": sources}


def _place(answer: str, text: str, near: int) -> int | None:
    """Where the answer has the text: if it is there more than once, next to `near`.

    AWS's pages do not say what Bedrock counts (UTF-16 units, code points or bytes), nor whether `end` is inclusive: the
    text itself tells more.
    """
    if not text:
        return None
    if answer.startswith(text, near):
        return near
    places = []
    place = answer.find(text)
    while place >= 0:
        places.append(place)
        place = answer.find(text, place + 1)
    near = len(answer.encode("utf-16-le", "surrogatepass")[: 2 * near].decode("utf-16-le", "ignore"))
    return min(places, key=lambda found: abs(found - near), default=None)
