"""The body of an embeddings request -> texts.

https://platform.openai.com/docs/api-reference/embeddings/create
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from inference_api import fields
from inference_api.embeddings import Texts
from inference_api.fields import invalid

# OpenAI does not have `input_type`. `user` is ignored.
FIELDS = ("model", "input", "encoding_format", "dimensions", "input_type", "user")
MAX_TEXTS = 2048  # OpenAI's limit
FORMATS = ("float", "base64")
_MAX_DIMENSIONS = 100_000


def embeddings_request(body: Mapping[str, Any]) -> tuple[Texts, str]:
    """The texts and the encoding of the vectors. Raises ApiError 400: each field is honoured or refused by name."""
    alias = fields.text(body, "model")
    fields.refuse_others(body, FIELDS)
    encoding = FORMATS[0] if body.get("encoding_format") is None else body["encoding_format"]
    if encoding not in FORMATS:
        message = f"encoding_format must be one of {', '.join(FORMATS)}; change it or leave it out"
        raise invalid("encoding_format", message, code="unsupported_value")
    dimensions = fields.integer(body, "dimensions", low=1, high=_MAX_DIMENSIONS)
    return Texts(alias, _texts(body), dimensions, fields.optional_text(body, "input_type")), encoding


def _texts(body: Mapping[str, Any]) -> list[str]:
    given = body.get("input")
    if given is None:
        raise invalid("input", "input is missing; add it as a string or a list of strings", code="missing_field")
    texts = [given] if isinstance(given, str) else given
    if not isinstance(texts, list) or not texts:
        raise invalid("input", "input must be a string or a list of strings that is not empty")
    if len(texts) > MAX_TEXTS:
        raise invalid("input", f"input must have at most {MAX_TEXTS} strings, got {len(texts)}; send several requests")
    for index, text in enumerate(texts):
        where = "input" if isinstance(given, str) else f"input[{index}]"
        if isinstance(text, int | list):
            message = (
                f"{where} has token ids, which only OpenAI's models understand; send strings (LangChain's "
                "OpenAIEmbeddings: check_embedding_ctx_length=False)"
            )
            raise invalid("input", message, code="unsupported_value")
        if not isinstance(text, str):
            raise invalid("input", f"{where} must be a string, got {type(text).__name__}")
        if not text:
            raise invalid("input", f"{where} is an empty string, of which there is no embedding; leave it out")
    return texts
