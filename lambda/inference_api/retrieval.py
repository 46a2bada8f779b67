"""POST /v1/retrieve and /v1/retrieve-and-generate: passages with score and source; answers with citations.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Retrieve.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerate.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from inference_api import fields
from inference_api.aliases import Target
from inference_api.bedrock import Clients
from inference_api.errors import ApiError
from inference_api.fields import invalid
from inference_api.guardrails import guardrail_action, retrieval_guardrail
from inference_api.http_messages import Facts
from inference_api.retrieval_filter import retrieval_filter
from kit_contract.inference_api import Settings

MAX_QUERY_CHARACTERS = 20_000
MAX_QUESTION_CHARACTERS = 1_000
MAX_RESULTS = 100
DEFAULT_RESULTS = 5
RETRIEVE_FIELDS = ("query", "knowledge_base", "max_results", "filter")
GENERATE_FIELDS = ("query", "knowledge_base", "max_results", "filter", "model", "session_id")
# Bedrock has default prompts for base models only; requests to a custom model must contain them.
# https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-supported.html
_ANSWER_PROMPT = """Answer the question with the search results only. If they do not answer it, say so.

Search results:
$search_results$

Question: $query$

$output_format_instructions$"""
_SEARCH_PROMPT = """Write one search query for the last question of this conversation.

Conversation:
$conversation_history$

Question: $query$

$output_format_instructions$"""


class Question(NamedTuple):
    """`session_id` continues a conversation. `search`: a vectorSearchConfiguration. `guardrail`: its configuration."""

    text: str
    knowledge_base_id: str
    session_id: str | None
    search: Mapping[str, Any]
    guardrail: Mapping[str, str] | None = None


def retrieve(
    body: Mapping[str, Any], settings: Settings, clients: Clients, *, read_seconds: float, facts: Facts
) -> dict[str, Any]:
    """{"data": [{"text", "score", "source", "metadata"}]}, best first. Raises ApiError 400 or 404."""
    fields.refuse_others(body, RETRIEVE_FIELDS)
    query = fields.text(body, "query", max_length=MAX_QUERY_CHARACTERS)
    search: Any = {"numberOfResults": DEFAULT_RESULTS, **_search(body)}
    request = {"retrievalQuery": {"text": query}, "retrievalConfiguration": {"vectorSearchConfiguration": search}}
    knowledge_base = knowledge_base_id(body, settings)
    guardrail = retrieval_guardrail(knowledge_base, None, settings, facts)
    guarded = {**request, "guardrailConfiguration": guardrail} if guardrail else request
    response = clients.retrieve(knowledge_base, guarded, read_seconds=read_seconds)
    action = guardrail_action(response, facts)
    return {"data": [_passage(result) for result in response["retrievalResults"]], **action}


def question_of(body: Mapping[str, Any], settings: Settings, facts: Facts) -> Question:
    """Raises ApiError 400 or 404."""
    fields.refuse_others(body, GENERATE_FIELDS)
    text = fields.text(body, "query", max_length=MAX_QUESTION_CHARACTERS)
    knowledge_base = knowledge_base_id(body, settings)
    return Question(
        text=text,
        knowledge_base_id=knowledge_base,
        session_id=fields.optional_text(body, "session_id"),
        search=_search(body),
        guardrail=retrieval_guardrail(knowledge_base, facts.alias, settings, facts),
    )


def retrieve_and_generate(
    question: Question, target: Target, clients: Clients, *, read_seconds: float, facts: Facts
) -> dict[str, Any]:
    """{"answer", "citations", "session_id"}. The route adds the model."""
    generation = _generation(question, target)
    configuration: Any = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": question.knowledge_base_id,
            "modelArn": target.arn,
            **({"retrievalConfiguration": {"vectorSearchConfiguration": question.search}} if question.search else {}),
            **({"generationConfiguration": generation} if generation else {}),
            **(_custom_orchestration() if target.custom else {}),
        },
    }
    session: Any = {"sessionId": question.session_id} if question.session_id else {}
    request = {"input": {"text": question.text}, "retrieveAndGenerateConfiguration": configuration, **session}
    response = clients.retrieve_and_generate(request, read_seconds=read_seconds)
    return {
        "answer": response["output"]["text"],
        "citations": [_citation(citation) for citation in response.get("citations", [])],
        "session_id": response["sessionId"],
        **guardrail_action(response, facts),
    }


def knowledge_base_id(body: Mapping[str, Any], settings: Settings) -> str:
    """The id of the knowledge base that the body names, or of the only one. Raises ApiError 400 or 404."""
    known = settings.knowledge_bases
    names = ", ".join(sorted(known))
    if not known:
        message = "this deployment has no knowledge base; add [knowledge_base] to deployment.toml"
        raise ApiError(404, "knowledge_base_not_found", message, param="knowledge_base")
    name = fields.optional_text(body, "knowledge_base")
    if name is None and len(known) > 1:
        raise invalid("knowledge_base", f"knowledge_base is missing; set it to one of: {names}", code="missing_field")
    if name is not None and name not in known:
        message = f"knowledge_base must be one of: {names}; you can omit it if there is only one"
        raise ApiError(404, "knowledge_base_not_found", message, param="knowledge_base")
    return known[name] if name else next(iter(known.values()))


def _search(body: Mapping[str, Any]) -> dict[str, Any]:
    """What the request says of its vectorSearchConfiguration. Raises ApiError 400."""
    said = {
        "numberOfResults": fields.integer(body, "max_results", low=1, high=MAX_RESULTS),
        "filter": retrieval_filter(body),
    }
    return {name: value for name, value in said.items() if value is not None}


def _generation(question: Question, target: Target) -> dict[str, Any]:
    prompt: Any = {"promptTemplate": {"textPromptTemplate": _ANSWER_PROMPT}} if target.custom else {}
    return {**prompt, **({"guardrailConfiguration": question.guardrail} if question.guardrail else {})}


def _custom_orchestration() -> dict[str, Any]:
    return {"orchestrationConfiguration": {"promptTemplate": {"textPromptTemplate": _SEARCH_PROMPT}}}


def _passage(result: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "text": result.get("content", {}).get("text", ""),
        "score": result.get("score"),
        "source": _source(result),
        "metadata": result.get("metadata", {}),
    }


def _citation(citation: Mapping[str, Any]) -> dict[str, Any]:
    part = citation.get("generatedResponsePart", {}).get("textResponsePart", {})
    span = part.get("span", {})
    sources = [
        {"source": _source(reference), "text": reference.get("content", {}).get("text", "")}
        for reference in citation.get("retrievedReferences", [])
    ]
    return {"text": part.get("text", ""), "start": span.get("start"), "end": span.get("end"), "sources": sources}


def _source(result: Mapping[str, Any]) -> str | None:
    """The source of a passage: each type of location has one field with it (uri, url, id or query)."""
    locations = [value for value in result.get("location", {}).values() if isinstance(value, dict)]
    return next((str(value) for location in locations for value in location.values()), None)
