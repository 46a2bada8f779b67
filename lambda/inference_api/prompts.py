"""Puts the prompt of an alias before the caller's own system messages. Callers give values of its variables only."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from inference_api.errors import ApiError
from inference_api.fields import invalid
from inference_api.http_messages import Facts
from kit_contract.inference_api import VARIABLES_HEADER, Prompt
from kit_contract.prompts import filled, variables_in


def prompted(request: Mapping[str, Any], prompt: Prompt | None, facts: Facts) -> Mapping[str, Any]:
    """The arguments of Converse with `prompt`. Raises ApiError 400 for variables that it has not, or that lack."""
    given = _given(facts.prompt_variables)
    if prompt is None:
        raise _refused("this alias has no prompt; leave the header out")
    names = variables_in(prompt.text)
    if unknown := sorted(given.keys() - set(names)):
        raise _refused(f"{', '.join(unknown)} is no variable of the prompt; it has {', '.join(names) or 'none'}")
    values = {**prompt.variables, **given}
    if missing := [name for name in names if name not in values]:
        raise _refused(f"the prompt of this alias needs {', '.join(missing)}; send the header with a text for each")
    facts.prompt = f"{prompt.name}:{prompt.version}"
    system = request.get("system") or []
    if not isinstance(system, list):  # Bedrock refuses it
        return request
    return {**request, "system": [{"text": filled(prompt.text, values)}, *system]}


def refuse_raw(prompt: Prompt) -> None:
    """Raises ApiError 400: the bodies of InvokeModel are each model's own."""
    message = f"this alias has the prompt {prompt.name}, which a body of InvokeModel would go around; use Converse"
    raise ApiError(400, "unsupported_operation", message)


def _given(header: str) -> dict[str, str]:
    if not header:
        return {}
    try:
        values = json.loads(header)
    except (ValueError, RecursionError):
        raise _refused("it must be a JSON object of texts; check quotes and commas") from None
    if not isinstance(values, dict) or not all(isinstance(value, str) for value in values.values()):
        raise _refused('it must be a JSON object of texts, such as {"company": "Example Ltd"}')
    return values


def _refused(message: str) -> ApiError:
    return invalid(VARIABLES_HEADER, f"{VARIABLES_HEADER}: {message}")
