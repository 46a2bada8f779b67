"""Guardrails of aliases and of the knowledge base, requests that they apply to, and what Bedrock answers."""

from __future__ import annotations

from kit_contract.inference_api import Guardrail
from tests.inference_api.conftest import (
    ORDER,
    Api,
    with_knowledge_base,
)

CHAT = "/v1/chat/completions"
BODY = {"model": "support-bot", "messages": [{"role": "user", "content": "Hello"}]}
RETRIEVAL = {"guardrailId": "abc123", "guardrailVersion": "7"}
GUARDRAILS = {"polite": Guardrail("polite", "abc123", "7"), "strict": Guardrail("strict", "def456", "1")}
ANSWER = {"sessionId": "session-1", "output": {"text": "Every two months."}, "citations": []}


def apply(api: Api, *, alias: str | None = "polite", knowledge_base: str | None = None) -> None:
    aliases = {name: item._replace(guardrail=alias) for name, item in api.settings.aliases.items()}
    settings = with_knowledge_base(api.settings, guardrail=knowledge_base)
    api.settings = settings._replace(aliases=aliases, guardrails=GUARDRAILS)
    api.configure(ORDER)
