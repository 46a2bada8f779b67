"""RetrieveAndGenerate and RetrieveAndGenerateStream: retrieve passages, ask the model with them, cite them."""

import re
import uuid
from typing import Any

from ministack.core.responses import AccountRegionScopedDict
from ministack.services import bedrock_agent, bedrock_agent_runtime, bedrock_runtime

from local_aws.extension.bedrock import invocation
from local_aws.extension.bedrock.guardrails import screened
from local_aws.extension.bedrock.responses import BedrockError, Response, answer
from local_aws.extension.knowledge_bases import prompt_template, ranking, retrieval
from local_aws.extension.knowledge_bases.stores import managed

MAX_INPUT = 1_000
CITED_PASSAGES, MOCK_SENTENCES = 2, 3
# A search always finds passages. Below this the mock answers as a model does that finds no answer in them.
UNRELATED = 0.1
SHORTEST_SENTENCE = 30
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n{2,}|\n(?=[#*|-])")
NO_ANSWER = "Sorry, I am unable to assist you with this request."
Passage = dict[str, Any]
Parts = list[tuple[str, list[Passage]]]

_sessions = AccountRegionScopedDict()


def retrieve_and_generate(body: dict[str, Any]) -> Response:
    """RetrieveAndGenerate for knowledge bases. Raises BedrockError."""
    parts, action = guarded(body)
    citations = cited(parts)
    text = " ".join(text for text, _ in parts)
    return answer({"sessionId": _session(body), "output": {"text": text}, "citations": citations, **action})


def retrieve_and_generate_stream(body: dict[str, Any]) -> Response:
    """RetrieveAndGenerateStream: the same answer as events. Raises BedrockError."""
    parts, action = guarded(body)
    stream = b""
    if action:
        stream += bedrock_agent_runtime._es_event("guardrail", {"action": action["guardrailAction"]})
    for number, (citation, (text, passages)) in enumerate(zip(_citations(parts), parts, strict=True)):
        stream += bedrock_agent_runtime._es_event("output", {"text": f" {text}" if number else text})
        if passages:
            stream += bedrock_agent_runtime._es_event("citation", {"citation": citation, **citation})
    headers = {
        "Content-Type": "application/vnd.amazon.eventstream",
        "x-amzn-bedrock-knowledge-base-session-id": _session(body),
    }
    return 200, headers, stream


def guarded(body: dict[str, Any]) -> tuple[Parts, dict[str, str]]:
    """The answer after the guardrail of the request has seen question and answer, and its guardrailAction."""
    _check_session(body)
    configuration = (body.get("retrieveAndGenerateConfiguration") or {}).get("knowledgeBaseConfiguration") or {}
    guardrail = (configuration.get("generationConfiguration") or {}).get("guardrailConfiguration")
    if guardrail is None:
        return _answered(body), {}
    asked = screened(guardrail, "INPUT", (body.get("input") or {}).get("text") or "")
    if asked.blocked:
        return [(asked.text, [])], {"guardrailAction": asked.action}
    parts = _answered({**body, "input": {"text": asked.text}})
    seen = [(screened(guardrail, "OUTPUT", text), passages) for text, passages in parts]
    blocked = next((part.text for part, _ in seen if part.blocked), None)
    if blocked is not None:
        return [(blocked, [])], {"guardrailAction": "INTERVENED"}
    changed = asked.masked or any(part.masked for part, _ in seen)
    return [(part.text, passages) for part, passages in seen], {"guardrailAction": "INTERVENED" if changed else "NONE"}


def _answered(body: dict[str, Any]) -> Parts:
    """The answer in parts, each with the passages it cites: none if the prompt does not have them cited."""
    text = (body.get("input") or {}).get("text") or ""
    if not 0 < len(text) <= MAX_INPUT:
        raise BedrockError("ValidationException", f"input.text must have 1 to {MAX_INPUT} characters, got {len(text)}")
    configuration = (body.get("retrieveAndGenerateConfiguration") or {}).get("knowledgeBaseConfiguration") or {}
    record = bedrock_agent._knowledge_bases.get(configuration.get("knowledgeBaseId") or "")
    if record and managed.is_managed(record):
        raise BedrockError("ValidationException", "RetrieveAndGenerate can't be used with managed knowledge bases")
    search = (configuration.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
    template = prompt_template.template_of(configuration)
    model = invocation.resolve(configuration.get("modelArn") or "")
    passages = retrieval.ranked(configuration.get("knowledgeBaseId") or "", text, search)
    if not passages:
        return [(NO_ANSWER, [])]
    generated = _ask(model, text, prompt_template.filled(template, text, passages))
    parts = _mock(model, text, passages[:CITED_PASSAGES])
    if generated is not None:
        parts = [(generated, passages[:CITED_PASSAGES])]
    return parts if prompt_template.cites(template) else [(said, []) for said, _ in parts]


def _ask(model: str, question: str, prompt: str) -> str | None:
    """The answer of the server at KIT_LLM_URL, None if it gives none."""
    system = [{"text": prompt}]
    messages = [{"role": "user", "content": [{"text": question}]}]
    reply: str | None = bedrock_runtime._proxy_to_openai_chat(model, messages, system, {})
    return reply


def _mock(model: str, question: str, passages: list[Passage]) -> Parts:
    """A mock answer: the sentences that fit the question best, one part for each passage."""
    sentences = [(sentence, passage) for passage in passages for sentence in _sentences(passage)]
    found = ranking.relevance([sentence for sentence, _ in sentences], question)[:MOCK_SENTENCES]
    if found[0][1] < UNRELATED:
        return [(NO_ANSWER, [])]
    chosen = sorted(position for position, _ in found)
    parts: Parts = []
    for passage in passages:
        picked = [sentences[position][0] for position in chosen if sentences[position][1] is passage]
        if picked:
            parts.append((" ".join(dict.fromkeys(picked)), [passage]))
    first, references = parts[0]
    return [(f"[mock answer by {model}] {first}", references), *parts[1:]]


def _sentences(passage: Passage) -> list[str]:
    text = passage["content"]["text"]
    pieces = [" ".join(piece.strip("#*|- \n").split()) for piece in SENTENCE.split(text)]
    return [piece for piece in pieces if len(piece) > SHORTEST_SENTENCE] or [text[:300]]


def cited(parts: Parts) -> list[dict[str, Any]]:
    """The citations of an answer that is given whole."""
    return [citation for citation in _citations(parts) if citation["retrievedReferences"]]


def _citations(parts: Parts) -> list[dict[str, Any]]:
    citations, begin = [], 0
    for text, passages in parts:
        span = {"start": begin, "end": begin + len(text) - 1}
        references = [{key: passage[key] for key in ("content", "location", "metadata")} for passage in passages]
        part = {"textResponsePart": {"text": text, "span": span}}
        citations.append({"generatedResponsePart": part, "retrievedReferences": references})
        begin += len(text) + 1
    return citations


def _session(body: dict[str, Any]) -> str:
    """The request's session, or a new one."""
    session = body.get("sessionId") or str(uuid.uuid4())
    _sessions[session] = True
    return str(session)


def _check_session(body: dict[str, Any]) -> None:
    """Only Bedrock makes session ids. The message is that of https://github.com/aws/aws-sdk/issues/763."""
    session = body.get("sessionId")
    if session and session not in _sessions:
        raise BedrockError(
            "ValidationException", f"Session with Id {session} is not valid. Please check and try again."
        )
