"""OpenAI's tool file_search -> a search of knowledge bases. Chat completions and responses share it.

https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools (file search)
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from inference_api import fields
from inference_api.fields import invalid

if TYPE_CHECKING:
    from inference_api.found_passages import KnowledgeSearch

TYPE = "file_search"


def is_file_search(tool: Mapping[str, Any]) -> bool:
    return tool.get("type") == TYPE


def file_search(body: Mapping[str, Any]) -> KnowledgeSearch | None:
    """None if `tools` has none, or if `tool_choice` is "none". Raises ApiError 400."""
    found = [(index, tool) for index, tool in enumerate(fields.items(body, "tools")) if is_file_search(tool)]
    choice = body.get("tool_choice")
    demanded = False
    if isinstance(choice, dict) and is_file_search(choice):
        demanded = True
        fields.refuse_others(choice, ("type",), where="tool_choice.")
        if not found:
            raise invalid("tool_choice", f"tool_choice is {TYPE}, which tools does not have; add it")
    if not found:
        return None
    if len(found) > 1:
        where = f"tools[{found[1][0]}]"
        raise invalid(where, f"{where} is a second {TYPE}; name all knowledge bases in one")
    only = len(fields.items(body, "tools")) == 1
    from inference_api.openai_search_settings import knowledge_search  # few requests search

    search = knowledge_search(*found[0], demanded=demanded or (choice == "required" and only))
    return None if choice == "none" else search


def other_choice(body: Mapping[str, Any]) -> Any:
    """The `tool_choice` for the other tools: this API offers file_search to the model itself, knowledge_search.py."""
    choice = body.get("tool_choice")
    searches = [is_file_search(item) for item in fields.items(body, "tools")]
    demanded = choice == {"type": TYPE} or (choice == "required" and all(searches))
    return None if any(searches) and demanded else choice
