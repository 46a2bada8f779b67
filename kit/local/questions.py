"""Asks the questions of `kit local up` through the deployed API, as any HTTP client would."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPResponse
from typing import Any

from deployment.config import DeploymentConfig
from deployment.sections.inference_api import Alias, InferenceApi
from kit.local.filtered import attribute_of
from kit.progress import Progress
from kit_contract.errors import ExternalError
from kit_contract.model_arns import shown

CHAT_QUESTION = "My coffee machine shows a descaling light. What should I do?"
SWITCH_SECONDS = 20  # the API caches for 15 s what serves an alias
GROUNDED_QUESTION = "How often should I remove limescale from the machine, and with what?"


@dataclass(frozen=True)
class Answer:
    question: str
    text: str
    served_by: str
    sources: tuple[str, ...] = ()


def ask(config: DeploymentConfig, outputs: dict[str, Any], progress: Progress) -> list[Answer]:
    """One question to each customization's alias, and one to each knowledge base, answered with citations.

    A managed one is only searched: RetrieveAndGenerate doesn't take it. One whose documents have metadata is asked
    again, with a filter.
    """
    if not config.inference_api:
        progress.done("no [inference_api] in deployment.toml")
        return []
    answers = [_current(config.inference_api, outputs, item.alias, progress) for item in config.custom_models.values()]
    for name, section in config.all_knowledge_bases.items():
        if section.store == "managed":
            answers.append(_found(outputs, name))
            continue
        answers.append(_grounded(outputs, name))
        if attribute := attribute_of(section.documents):
            answers.append(_grounded(outputs, name, attribute))
    progress.done(f"{len(answers)} answered")
    return answers


def _current(section: InferenceApi, outputs: dict[str, Any], alias: str, progress: Progress) -> Answer:
    """The answer of the target that the alias has now; right after a promotion the API may still use the last one."""
    default_order = section.aliases[alias].order == Alias.model_fields["order"].default
    target = outputs["aliases"][alias] if default_order else ""
    deadline = time.monotonic() + SWITCH_SECONDS
    while True:
        answer = _chat(outputs, alias)
        if answer.served_by == shown(target) or not target.startswith("arn:") or time.monotonic() >= deadline:
            progress.end_bar()
            return answer
        left = deadline - time.monotonic()
        progress.bar(1 - left / SWITCH_SECONDS, f"{alias}: the API looks up every 15 s what serves it")
        time.sleep(1)


def _chat(outputs: dict[str, Any], alias: str) -> Answer:
    body = {"model": alias, "messages": [{"role": "user", "content": CHAT_QUESTION}]}
    answer = _post(outputs, "/chat/completions", body)
    served_by = answer.get("served_by", {}).get("target", "unknown")
    return Answer(CHAT_QUESTION, answer["choices"][0]["message"]["content"], served_by)


def _grounded(outputs: dict[str, Any], knowledge_base: str, attribute: tuple[str, str] | None = None) -> Answer:
    """`attribute`: only from documents whose metadata has this key and value."""
    body: dict[str, Any] = {"query": GROUNDED_QUESTION, "knowledge_base": knowledge_base}
    question = GROUNDED_QUESTION
    if attribute:
        key, value = attribute
        body["filter"] = {"equals": {"key": key, "value": value}}
        question += f" (only documents with {key} = {value})"
    answer = _post(outputs, "/retrieve-and-generate", body)
    sources = {source["source"] for citation in answer["citations"] for source in citation["sources"]}
    served_by = f"{answer['model']} with knowledge base {knowledge_base}"
    return Answer(question, answer["answer"], served_by, tuple(sorted(sources)))


def _found(outputs: dict[str, Any], knowledge_base: str) -> Answer:
    body = {"query": GROUNDED_QUESTION, "knowledge_base": knowledge_base, "max_results": 1}
    (passage,) = _post(outputs, "/retrieve", body)["data"] or [{"text": "no passage was found", "source": ""}]
    sources = (passage["source"],) if passage["source"] else ()
    return Answer(GROUNDED_QUESTION, passage["text"], f"managed knowledge base {knowledge_base}, its passage", sources)


def _post(outputs: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    with opened(outputs, f"/v1{path}", body) as response:
        answer: dict[str, Any] = json.load(response)
    return answer


def opened(outputs: Mapping[str, Any], path: str, body: Mapping[str, Any]) -> HTTPResponse:
    """The response to a POST; `path` begins at the API's root. Raises ExternalError for an error response."""
    request = urllib.request.Request(
        outputs["api_url"].removesuffix("/v1") + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {outputs['api_key']}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback only: ignore proxy settings
    try:
        response: HTTPResponse = opener.open(request, timeout=30)
    except urllib.error.HTTPError as error:
        reason = error.read().decode(errors="replace")[:500]
        raise ExternalError(f"POST {path} answered {error.code}: {reason}") from None
    return response
