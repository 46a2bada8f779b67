"""The passages that the searches of one answer found, numbered for the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from inference_api.errors import ApiError
from inference_api.guardrails import retrieval_guardrail
from inference_api.http_messages import Facts
from inference_api.passage_citations import INSTRUCTION, Passage
from inference_api.retrieval import longest_query, passages_of, reranking, retrieval_configuration
from inference_api.service import Service
from kit_contract.inference_api import KnowledgeBase

READ_SECONDS = 30.0


class KnowledgeSearch(NamedTuple):
    """What a model may search. `knowledge_bases`: names. `results`: the most passages of one search.

    `search`: more of Bedrock's vectorSearchConfiguration. `rerank`: if the deployment has a model for it.
    `least_score`: of a passage. `demanded`: the model has to search before it answers. `where`: the caller's name of
    the tool, for errors. `max_searches`: in one answer; fewer than none have no limit of their own.
    """

    knowledge_bases: tuple[str, ...]
    results: int
    search: Mapping[str, Any]
    rerank: bool = False
    least_score: float = 0.0
    demanded: bool = False
    where: str = "tools[0]"
    max_searches: int = -1


class FoundPassages:
    """Raises ApiError 404 if the deployment has not all knowledge bases of `search`."""

    def __init__(self, search: KnowledgeSearch, service: Service, *, citing: bool) -> None:
        self._search = search
        self._service = service
        self._citing = citing
        known = service.settings.knowledge_bases
        for name in search.knowledge_bases:
            if name not in known:
                names = ", ".join(sorted(known)) or "none"
                message = f"there is no knowledge base {name!r}; this deployment has: {names}"
                raise ApiError(404, "knowledge_base_not_found", message, param=f"{search.where}.vector_store_ids")
        self._knowledge_bases = [known[name] for name in search.knowledge_bases]
        self._configuration = {"numberOfResults": search.results, **search.search}
        self._passages: list[Passage] = []

    def numbered(self, number: int) -> Passage | None:
        return self._passages[number - 1] if 0 < number <= len(self._passages) else None

    def find(self, query: str) -> list[Passage]:
        """The passages of one search, best first. Raises AwsError or OSError."""
        found = [
            passage
            for knowledge_base in self._knowledge_bases
            for passage in self._passages_of(knowledge_base, query[: longest_query(knowledge_base)])
            if (passage["score"] or 0.0) >= self._search.least_score
        ]
        found.sort(key=lambda passage: passage["score"] or 0.0, reverse=True)
        return found[: self._search.results]

    def _passages_of(self, knowledge_base: KnowledgeBase, query: str) -> list[Passage]:
        """With the guardrail of the knowledge base; that of the alias sees the answer."""
        search = dict(self._configuration)
        if self._search.rerank and knowledge_base.rerank_model_arn:
            search["rerankingConfiguration"] = reranking(knowledge_base.rerank_model_arn)
        if self._search.rerank and knowledge_base.managed:
            search["rerankingModelType"] = "MANAGED"
        request: dict[str, Any] = {
            "retrievalQuery": {"text": query},
            "retrievalConfiguration": retrieval_configuration(knowledge_base, search),
        }
        if guardrail := retrieval_guardrail(knowledge_base, None, self._service.settings, Facts()):
            request["guardrailConfiguration"] = guardrail
        identifier = self._service.knowledge_base_ids.of(knowledge_base)
        return passages_of(self._service.clients.retrieve(identifier, request, read_seconds=READ_SECONDS))

    def shown(self, passages: Sequence[Passage]) -> str:
        """What the model reads. A passage that it has already read keeps its number."""
        if not passages:
            return "No passages found."
        texts = [f"[{self._number(passage)}] {passage['source'] or ''}\n{passage['text']}" for passage in passages]
        return "\n\n".join([*([INSTRUCTION] if self._citing else []), *texts])

    def _number(self, passage: Passage) -> int:
        key = (passage["source"], passage["text"])
        for number, known in enumerate(self._passages, start=1):
            if key == (known["source"], known["text"]):
                return number
        self._passages.append(passage)
        return len(self._passages)
