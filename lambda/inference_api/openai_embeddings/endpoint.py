"""POST /v1/embeddings."""

from __future__ import annotations

import base64
import json
import struct
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from inference_api.embedding_bodies import Vector
from inference_api.embeddings import embed
from inference_api.http_messages import Answer, Facts, Request
from inference_api.openai_embeddings.request import embeddings_request
from inference_api.service import Service


def embeddings(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError, AwsError or OSError."""
    wanted, encoding = embeddings_request(request.json())
    served = embed(wanted, service, facts, ENCODINGS[encoding])
    tokens = facts.usage["inputTokens"] if facts.usage else 0
    rest = {
        "model": wanted.alias,
        "usage": {"prompt_tokens": tokens, "total_tokens": tokens},
        "served_by": facts.shown_served_by,
    }
    return Answer(200, {"Content-Type": "application/json", **facts.headers}, _body(served.answer, rest))


def _body(vectors: list[str], rest: Mapping[str, Any]) -> Iterator[bytes]:
    """In pieces: 2,048 vectors take tens of megabytes."""
    yield b'{"object": "list", "data": ['
    for index, vector in enumerate(vectors):
        start = ", " if index else ""
        yield f'{start}{{"object": "embedding", "index": {index}, "embedding": {vector}}}'.encode()
    yield f"], {json.dumps(rest)[1:]}".encode()


def _base64(vector: Vector) -> str:
    """A JSON string of 32-bit floats, little-endian: what OpenAI's clients ask for and decode."""
    return f'"{base64.b64encode(struct.pack(f"<{len(vector)}f", *vector)).decode()}"'


ENCODINGS: Mapping[str, Callable[[Vector], str]] = {"float": lambda vector: json.dumps(list(vector)), "base64": _base64}
