"""What the descriptions of OpenAI's dialects share."""

from __future__ import annotations

from collections.abc import Mapping

from inference_api.openai_chat.messages import CACHE
from inference_api.openapi.schemas import ANY, FILLED, FLAG, TEXT, Schema, component, one_of, or_null, request

ALIAS = component("Alias")
EMPTY: Schema = {"enum": [None, False, 0, "", [], {}]}
FUNCTION_FIELDS: Mapping[str, Schema] = {
    "name": FILLED,
    "description": {"anyOf": [or_null(FILLED), EMPTY]},
    "parameters": {"anyOf": [component("ObjectSchema"), EMPTY]},
    "strict": or_null(FLAG),
    CACHE: ANY,
}
SCHEMA_FIELDS: Mapping[str, Schema] = {
    "name": or_null(TEXT),
    "description": or_null(TEXT),
    "schema": {"anyOf": [component("ObjectSchema"), EMPTY]},
    "strict": or_null(FLAG),
}
ONLY_TEXT_OR_OBJECT = request(("type",), {"type": one_of("text", "json_object")})
IGNORED_FIELD: Schema = {"description": "ignored: it cannot change the answer"}
