"""Asks the targets of an alias for embeddings. All targets serve the same model: vectors of two can't be compared."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from inference_api.aliases import Target
from inference_api.aws.client import Reply
from inference_api.embedding_bodies import SEARCH_DOCUMENT, Bodies, Vector, bodies_of
from inference_api.errors import ApiError, api_error
from inference_api.fallback import Attempt, Served
from inference_api.fields import invalid
from inference_api.http_messages import Facts
from inference_api.service import Service
from kit_contract.counted import counted
from kit_contract.embedding_models import EMBEDDING_MODELS

# Titan and Nova take one text a call: one after the other, 100 texts would take ten seconds. More at once would use up
# the requests per minute of a small account before the first response is there.
CALLS_AT_ONCE = 8
TOKENS_HEADER = "x-amzn-bedrock-input-token-count"


class Texts(NamedTuple):
    """What to embed. `dimensions`: the length of the vectors; None leaves it to the model."""

    alias: str
    texts: Sequence[str]
    dimensions: int | None = None
    input_type: str | None = None


def embed(wanted: Texts, service: Service, facts: Facts, encoded: Callable[[Vector], str]) -> Served[list[str]]:
    """Each vector, `encoded`, in the order of the texts. Raises ApiError, AwsError or OSError of the last target."""
    targets = service.aliases.resolve(wanted.alias, embeds=True)
    facts.alias = wanted.alias
    model = service.settings.aliases[wanted.alias].embedding or ""
    bodies = bodies_of(model)
    _check(wanted, model, bodies)
    deadline = service.fallback.deadline()
    done: list[str] = []
    tokens = 0
    failed: list[Attempt] = []
    step = bodies.texts * CALLS_AT_ONCE
    for start in range(0, len(wanted.texts), step):
        part = _Part(wanted, start, bodies, service, encoded)
        attempts: list[Attempt] = []
        try:
            served = service.fallback.ask(targets, part.send, deadline=deadline, attempts=attempts)
        finally:
            facts.attempts = failed + attempts
        failed += attempts[:-1]
        done += [text for vectors in served.answer for text in vectors]
        tokens += part.tokens
    facts.usage = {"inputTokens": tokens, "outputTokens": 0, "totalTokens": tokens}
    whole = Served(done, served.target, len(facts.attempts))
    facts.served(wanted.alias, whole)
    return whole


class _Part:
    """The texts that are embedded at the same time. After a failure, only those without a vector are sent again."""

    def __init__(
        self, wanted: Texts, start: int, bodies: Bodies, service: Service, encoded: Callable[[Vector], str]
    ) -> None:
        self._wanted = wanted
        self._bodies = bodies
        self._clients = service.clients
        self._encoded = encoded
        end = min(start + bodies.texts * CALLS_AT_ONCE, len(wanted.texts))
        self._places = [range(first, min(first + bodies.texts, end)) for first in range(start, end, bodies.texts)]
        self._vectors: dict[range, list[str]] = {}
        self.tokens = 0

    def send(self, target: Target, read_seconds: float) -> list[list[str]]:
        left = [places for places in self._places if places not in self._vectors]
        bodies = [self._body(places) for places in left]
        replies = self._clients.invoke_model_for_all(target.invoke_id, bodies, read_seconds=read_seconds)
        failures = []
        for places, reply in zip(left, replies, strict=True):
            if isinstance(reply, Exception):
                failures.append(_with_place(reply, places))
            else:
                self._vectors[places] = self._read(reply, len(places))
        if failures:
            raise next((failure for failure in failures if isinstance(failure, ApiError)), failures[0])
        return [self._vectors[places] for places in self._places]

    def _body(self, places: range) -> bytes:
        texts = self._wanted.texts[places.start : places.stop]
        input_type = self._bodies.input_types.get(self._wanted.input_type or SEARCH_DOCUMENT)
        body = self._bodies.request(texts, self._wanted.dimensions, input_type)
        return json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")

    def _read(self, reply: Reply, count: int) -> list[str]:
        try:
            value: dict[str, Any] = json.loads(reply.body)
            vectors = [self._encoded(vector) for vector in self._bodies.vectors(value)]
            self.tokens += int(reply.headers.get(TOKENS_HEADER) or value.get("inputTextTokenCount", 0))
        except Exception as error:  # whatever is missing or of another type
            raise _no_vectors("a response that has no vectors") from error
        if len(vectors) != count:
            raise _no_vectors(f"{counted(len(vectors), 'vector')} for {counted(count, 'text')}")
        return vectors


def _check(wanted: Texts, model: str, bodies: Bodies) -> None:
    """Raises ApiError 400 for what the model does not have."""
    sizes = EMBEDDING_MODELS[model]
    if wanted.dimensions is not None and wanted.dimensions not in sizes:
        allowed = " or ".join(map(str, sizes))
        message = f"dimensions must be {allowed} for {model}, got {wanted.dimensions}; change it or leave it out"
        raise invalid("dimensions", message, code="unsupported_value")
    if wanted.input_type is not None and wanted.input_type not in bodies.input_types:
        allowed = f"must be one of {', '.join(bodies.input_types)}" if bodies.input_types else "is not supported"
        message = f"input_type {allowed}: {model} embeds documents and queries the same way; leave it out"
        if bodies.input_types:
            message = f"input_type {allowed}; change it or leave it out, which means {SEARCH_DOCUMENT}"
        raise invalid("input_type", message, code="unsupported_value")


def _with_place(error: Exception, places: range) -> Exception:
    """Bedrock's complaint about a text with the text's place; any other error as it is."""
    known = api_error(error)
    if known.code != "invalid_request":
        return error
    last = f" to input[{places.stop - 1}]" if len(places) > 1 else ""
    return ApiError(400, known.code, f"input[{places.start}]{last}: {known.message}", param="input")


def _no_vectors(what: str) -> ApiError:
    return ApiError(502, "model_error", f"the model returned {what}; send the request again")
