"""The schema of an answer, and the form in which a model takes a request: as it is, unless there is a schema."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from inference_api.aws.client import Event


class AnswerSchema(NamedTuple):
    """The JSON schema of an answer; its type is object."""

    name: str
    description: str
    schema: Mapping[str, Any]


ANY_OBJECT = AnswerSchema("answer", "", {"type": "object"})


class Form:
    """A request in the form that a model takes, and what its answer is in that of the request."""

    def __init__(self, request: Mapping[str, Any]) -> None:
        self.request = request

    def response(self, response: dict[str, Any]) -> dict[str, Any]:
        return response

    def events(self, events: Generator[Event, None, None]) -> Generator[Event, None, None]:
        return events
