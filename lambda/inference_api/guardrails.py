"""Applies the guardrail of an alias or a knowledge base. Callers can neither choose nor avoid it.

https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-use-converse-api.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from inference_api.errors import ApiError
from inference_api.fields import invalid
from inference_api.http_messages import Facts
from kit_contract.inference_api import Guardrail, KnowledgeBase, Settings

INTERVENED = "guardrail_intervened"  # stopReason of Converse
_SELECTION = "guardContent"
_MODEL_SETTINGS = "additionalModelRequestFields"
_RESERVED = "amazon-bedrock-"


def guarded(request: Mapping[str, Any], alias: str, settings: Settings, facts: Facts) -> Mapping[str, Any]:
    """The arguments of Converse with the guardrail of the alias. Raises ApiError 400 for what would weaken it."""
    guardrail = _guardrail(settings.aliases[alias].guardrail, settings)
    if guardrail is None:
        return request
    _refuse_weaker(request)
    facts.guardrail = guardrail.name
    return {
        **request,
        "guardrailConfig": {"guardrailIdentifier": guardrail.id, "guardrailVersion": guardrail.version},
    }


def streamed(request: Mapping[str, Any]) -> Mapping[str, Any]:
    """The arguments of ConverseStream: no part of an answer is sent before the guardrail has seen it.

    In the asynchronous mode guardrails mask nothing, and block after the first parts have been sent.
    https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-streaming.html
    """
    config = request.get("guardrailConfig")
    return {**request, "guardrailConfig": {**config, "streamProcessingMode": "sync"}} if config else request


def retrieval_guardrail(
    knowledge_base: KnowledgeBase, alias: str | None, settings: Settings, facts: Facts
) -> dict[str, str] | None:
    """The guardrailConfiguration of Retrieve and RetrieveAndGenerate, which take one. Raises ApiError 400 for two."""
    own = knowledge_base.guardrail
    of_alias = settings.aliases[alias].guardrail if alias else None
    if own and of_alias and own != of_alias:
        message = (
            f"model has another guardrail ({of_alias}) than the knowledge base ({own}), and Bedrock applies one; leave "
            "model out, or set it to an alias with the guardrail of the knowledge base or without any"
        )
        raise invalid("model", message, code="unsupported_value")
    guardrail = _guardrail(own or of_alias, settings)
    if guardrail is None:
        return None
    facts.guardrail = guardrail.name
    return {"guardrailId": guardrail.id, "guardrailVersion": guardrail.version}


def guardrail_action(response: Mapping[str, Any], facts: Facts) -> dict[str, str]:
    """{"guardrail_action": "INTERVENED" or "NONE"} of Retrieve and RetrieveAndGenerate, empty without a guardrail."""
    if facts.guardrail is None:
        return {}
    action: str = response.get("guardrailAction", "NONE")
    facts.intervened = action == "INTERVENED"
    return {"guardrail_action": action}


def _guardrail(name: str | None, settings: Settings) -> Guardrail | None:
    if name is None:
        return None
    if name not in settings.guardrails:  # never unguarded instead
        raise ApiError(500, "internal_error", "the guardrail of this alias is not configured; deploy again")
    return settings.guardrails[name]


def _refuse_weaker(request: Mapping[str, Any]) -> None:
    """A guardrail ignores the rest of the messages if parts of them are selected."""
    for where, blocks in _contents(request):
        for index, block in enumerate(blocks):
            if isinstance(block, dict) and _SELECTION in block:
                place = f"{where}[{index}].{_SELECTION}"
                message = f"{place} is not supported: the guardrail of this alias sees all messages; use text"
                raise invalid(place, message, code="unsupported_value")
    settings = request.get(_MODEL_SETTINGS)
    for name in settings if isinstance(settings, dict) else ():
        if name.startswith(_RESERVED):
            place = f"{_MODEL_SETTINGS}.{name}"
            message = f"{place} is not supported: this alias has a guardrail, which callers cannot change; remove it"
            raise invalid(place, message, code="unsupported_value")


def _contents(request: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """Lists of blocks. Bedrock refuses what is none."""
    system = request.get("system")
    yield "system", system if isinstance(system, list) else ()
    for number, message in enumerate(request["messages"]):
        yield f"messages[{number}].content", message.get("content") or ()
