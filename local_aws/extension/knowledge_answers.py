"""RetrieveAndGenerate: retrieves, asks the model with the passages, and cites them."""

import re
import uuid
from typing import Any

import bm25s
import Stemmer
from ministack.services import bedrock_runtime

from local_aws.extension import bedrock_runtime_models, knowledge_retrieval
from local_aws.extension.bedrock_answers import BedrockError, Response, answer

MAX_INPUT = 1_000
SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")


def retrieve_and_generate(body: dict[str, Any]) -> Response:
    """The RetrieveAndGenerate operation for knowledge bases. Raises BedrockError."""
    text = (body.get("input") or {}).get("text") or ""
    if not 0 < len(text) <= MAX_INPUT:
        raise BedrockError("ValidationException", f"input.text must have 1 to {MAX_INPUT} characters, got {len(text)}")
    configuration = (body.get("retrieveAndGenerateConfiguration") or {}).get("knowledgeBaseConfiguration") or {}
    search = (configuration.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
    model = configuration.get("modelArn") or ""
    bedrock_runtime_models.resolve(model)
    count = search.get("numberOfResults", knowledge_retrieval.DEFAULT_RESULTS)
    passages = knowledge_retrieval.ranked(configuration.get("knowledgeBaseId") or "", text, count)
    if not passages:
        return answer(_response("Sorry, I am unable to assist you with this request.", [], body))
    used = passages[:2]
    generated = _ask(model, text, used) or _mock(model, text, used)
    return answer(_response(generated, used, body))


def _ask(model: str, question: str, passages: list[dict[str, Any]]) -> str | None:
    """The answer of the server behind KIT_LLM_URL, None where there is none."""
    context = "\n\n".join(passage["content"]["text"] for passage in passages)
    system = [{"text": f"Answer from these passages only:\n\n{context}"}]
    messages = [{"role": "user", "content": [{"text": question}]}]
    reply: str | None = bedrock_runtime._proxy_to_openai_chat(model, messages, system, {})
    return reply


def _mock(model: str, question: str, passages: list[dict[str, Any]]) -> str:
    """The passages' sentences that fit the question best, marked as a mock."""
    name = bedrock_runtime_models.resolve(model)
    sentences = [part.strip("#*- ") for part in SENTENCE.split(passages[0]["content"]["text"])]
    sentences = [part for part in sentences if len(part) > 30] or [passages[0]["content"]["text"][:300]]
    stemmer = Stemmer.Stemmer("english")
    index = bm25s.BM25()
    index.index(bm25s.tokenize(sentences, stemmer=stemmer, show_progress=False), show_progress=False)
    query = bm25s.tokenize([question], stemmer=stemmer, show_progress=False)
    found, _ = index.retrieve(query, k=min(3, len(sentences)), show_progress=False)
    best = [sentences[position] for position in sorted(int(position) for position in found[0])]
    return f"[mock answer by {name}] {' '.join(best)}"


def _response(text: str, passages: list[dict[str, Any]], body: dict[str, Any]) -> dict[str, Any]:
    references = [{key: passage[key] for key in ("content", "location", "metadata")} for passage in passages]
    part = {"textResponsePart": {"text": text, "span": {"start": 0, "end": max(len(text) - 1, 0)}}}
    return {
        "sessionId": body.get("sessionId") or str(uuid.uuid4()),
        "output": {"text": text},
        "citations": [{"generatedResponsePart": part, "retrievedReferences": references}],
    }
