"""Asks the questions of `kit local up` through the deployed API, as any HTTP client would."""

import json
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from typing import Any

from deployment.alias_models import embedding_model
from deployment.config import DeploymentConfig
from deployment.sections.inference_api import Alias, InferenceApi
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
    """One question to each customization's alias, and one to the knowledge base, answered with citations."""
    if not config.inference_api:
        progress.done("no [inference_api] in deployment.toml")
        return []
    answers = [
        _current(config.inference_api, outputs, item.alias, progress)
        for item in (config.training.customizations.values() if config.training else ())
    ]
    if config.knowledge_base:
        answers.append(_grounded(outputs))
    progress.done(f"{len(answers)} answered")
    return answers


def embedding(config: DeploymentConfig, outputs: dict[str, Any]) -> str | None:
    """A line about the embedding of a question by the first alias for embeddings; None without such an alias."""
    for alias, section in config.aliases.items():
        if embedding_model(config, section.model):
            answer = _post(outputs, "/embeddings", {"model": alias, "input": GROUNDED_QUESTION})
            return f'{alias}: embedding of "{GROUNDED_QUESTION}": {len(answer["data"][0]["embedding"])} dimensions'
    return None


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


def _grounded(outputs: dict[str, Any]) -> Answer:
    answer = _post(outputs, "/retrieve-and-generate", {"query": GROUNDED_QUESTION})
    sources = {source["source"] for citation in answer["citations"] for source in citation["sources"]}
    return Answer(GROUNDED_QUESTION, answer["answer"], answer["model"], tuple(sorted(sources)))


def _post(outputs: dict[str, Any], path: str, body: dict[str, Any]) -> dict[str, Any]:
    request = urllib.request.Request(
        outputs["api_url"] + path,
        data=json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {outputs['api_key']}", "Content-Type": "application/json"},
    )
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))  # loopback only: ignore proxy settings
    try:
        with opener.open(request, timeout=30) as response:
            answer: dict[str, Any] = json.load(response)
    except urllib.error.HTTPError as error:
        reason = error.read().decode(errors="replace")[:500]
        raise ExternalError(f"POST {path} answered {error.code}: {reason}") from None
    return answer
