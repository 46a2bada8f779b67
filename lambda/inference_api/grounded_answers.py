"""POST /v1/retrieve-and-generate: answers from the documents, with citations; whole, or as events while they are made.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerate.html
https://docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_RetrieveAndGenerateStream.html
"""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import Any, NamedTuple

from inference_api import fields
from inference_api.aliases import Target, base_target
from inference_api.answer_citations import citation_of
from inference_api.aws.client import Event
from inference_api.cost_profiles import through_profile
from inference_api.fields import invalid
from inference_api.grounded_stream import begun, server_sent
from inference_api.guardrails import guardrail_action, retrieval_guardrail
from inference_api.http_messages import Answer, Facts, Request, event_answer, json_answer
from inference_api.retrieval import SEARCH_FIELDS, knowledge_base_of, search_of
from inference_api.service import Service
from kit_contract.inference_api import KnowledgeBase, Settings

MAX_QUESTION_CHARACTERS = 1_000
MANAGED = (
    "knowledge_base must not be a managed one: Bedrock's RetrieveAndGenerate can't ask it; use /v1/retrieve, or a chat "
    "completion that searches with file_search"
)
FIELDS = (*SEARCH_FIELDS, "model", "session_id", "stream")
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
    knowledge_base: KnowledgeBase
    session_id: str | None
    search: Mapping[str, Any]
    stream: bool
    guardrail: Mapping[str, str] | None


def retrieve_and_generate(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError until the first part of the answer is there."""
    deadline = service.fallback.deadline()
    body = request.json()
    alias = facts.alias = fields.optional_text(body, "model")
    targets = service.aliases.resolve(alias) if alias else ()
    question = _question(body, service.settings, facts)
    targets = targets or (base_target(question.knowledge_base.model),)
    call: Any = _streamed if question.stream else _whole

    def ask(target: Target, read_seconds: float) -> Any:
        def one(model: str) -> Any:
            return call(_bedrock_request(question, target, model, service), service, facts, read_seconds)

        return through_profile(target, target.arn, one)

    served = service.fallback.ask(targets, ask, deadline=deadline, attempts=facts.attempts)
    facts.served(alias, served)
    model = {"model": alias or served.target.shown, "served_by": facts.shown_served_by}
    if question.stream:
        session_id, events = served.answer
        return event_answer(server_sent(events, {**model, "session_id": session_id}, facts), facts.headers)
    return json_answer(200, served.answer | model, facts.headers)


def _question(body: Mapping[str, Any], settings: Settings, facts: Facts) -> Question:
    """Raises ApiError 400 or 404."""
    fields.refuse_others(body, FIELDS)
    text = fields.text(body, "query", max_length=MAX_QUESTION_CHARACTERS)
    knowledge_base = knowledge_base_of(body, settings)
    if knowledge_base.managed:
        raise invalid("knowledge_base", MANAGED, code="unsupported_value")
    return Question(
        text=text,
        knowledge_base=knowledge_base,
        session_id=fields.optional_text(body, "session_id"),
        search=search_of(body, knowledge_base),
        stream=fields.flag(body, "stream") is True,
        guardrail=retrieval_guardrail(knowledge_base, facts.alias, settings, facts),
    )


def _bedrock_request(question: Question, target: Target, model_arn: str, service: Service) -> dict[str, Any]:
    generation = _generation(question, target)
    configuration: Any = {
        "type": "KNOWLEDGE_BASE",
        "knowledgeBaseConfiguration": {
            "knowledgeBaseId": service.knowledge_base_ids.of(question.knowledge_base),
            "modelArn": model_arn,
            **({"retrievalConfiguration": {"vectorSearchConfiguration": question.search}} if question.search else {}),
            **({"generationConfiguration": generation} if generation else {}),
            **(_custom_orchestration() if target.custom else {}),
        },
    }
    session: Any = {"sessionId": question.session_id} if question.session_id else {}
    return {"input": {"text": question.text}, "retrieveAndGenerateConfiguration": configuration, **session}


def _whole(request: Mapping[str, Any], service: Service, facts: Facts, read_seconds: float) -> dict[str, Any]:
    """{"answer", "citations", "session_id"}, and "guardrail_action" with a guardrail."""
    response = service.clients.retrieve_and_generate(request, read_seconds=read_seconds)
    answer = response["output"]["text"]
    citations = [citation_of(citation, answer) for citation in response.get("citations", [])]
    action = guardrail_action(response, facts)
    return {"answer": answer, "citations": citations, "session_id": response["sessionId"], **action}


def _streamed(
    request: Mapping[str, Any], service: Service, facts: Facts, read_seconds: float
) -> tuple[str, Generator[Event, None, None]]:
    session_id, events = service.clients.retrieve_and_generate_stream(request, read_seconds=read_seconds)
    return session_id, begun(events, facts)


def _generation(question: Question, target: Target) -> dict[str, Any]:
    template = question.knowledge_base.prompt or (_ANSWER_PROMPT if target.custom else None)
    prompt: Any = {"promptTemplate": {"textPromptTemplate": template}} if template else {}
    return {**prompt, **({"guardrailConfiguration": question.guardrail} if question.guardrail else {})}


def _custom_orchestration() -> dict[str, Any]:
    return {"orchestrationConfiguration": {"promptTemplate": {"textPromptTemplate": _SEARCH_PROMPT}}}
