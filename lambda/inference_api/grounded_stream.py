"""The events of RetrieveAndGenerateStream -> server-sent events: start, text, citation, guardrail, then end or error.

Bedrock has no event that says that the answer is whole. It is whole if the HTTP body came to its end, which a cut
connection does not look like (aws/http_body.py), behind a whole frame, and if there was any text.
"""

from __future__ import annotations

import json
from collections.abc import Generator, Iterator, Mapping
from contextlib import closing
from json.encoder import encode_basestring
from typing import Any

from inference_api.answer_citations import citation_of
from inference_api.aws.client import SILENCE, Event
from inference_api.errors import ApiError, api_error, failure_name
from inference_api.http_messages import Facts
from inference_api.openai_errors import error_body

_KEEP_ALIVE = b": still waiting\n\n"


def begun(events: Generator[Event, None, None], facts: Facts) -> Generator[Event, None, None]:
    """`events` after the first has arrived, so that another model can answer until then. Raises ApiError, AwsError or
    OSError. Closing it ends the call.
    """
    first = next((event for event in events if event is not SILENCE), None)
    if first is None:
        raise _cut()
    answer = _resumed(first, events, facts)
    next(answer)  # begins it: only then does closing it end the call
    return answer


def server_sent(events: Generator[Event, None, None], start: Mapping[str, Any], facts: Facts) -> Iterator[bytes]:
    """`start`: what is known before the answer. An error after the first event is an event too."""
    try:
        with closing(events):
            yield _event("start", start)
            answer = _Answer()
            for event in events:
                yield from answer.parts(event)
            yield from answer.late_citations()
        yield _event("end", {"session_id": start["session_id"]})
    except Exception as failure:
        facts.error = failure_name(failure)
        yield _event("error", error_body(api_error(failure)))


class _Answer:
    def __init__(self) -> None:
        self._texts: list[str] = []
        self._late: list[Mapping[str, Any]] = []

    def parts(self, event: Event) -> Iterator[bytes]:
        name, value = event
        if name == "output":
            self._texts.append(value["text"])
            yield f'event: text\ndata: {{"text": {encode_basestring(value["text"])}}}\n\n'.encode("utf-8", "replace")
            if self._late:
                yield from self._citations()
        elif event is SILENCE:
            yield _KEEP_ALIVE
        elif name == "citation":
            # Its own fields have taken the place of `citation`.
            self._late.append(value if "generatedResponsePart" in value else value.get("citation", {}))
            yield from self._citations()
        elif name == "guardrail":
            yield _event("guardrail", {"action": value.get("action")})

    def late_citations(self) -> Iterator[bytes]:
        """Those whose text the answer has not."""
        for citation in self._late:
            yield _event("citation", citation_of(citation, "".join(self._texts)))

    def _citations(self) -> Iterator[bytes]:
        """Those whose text has arrived."""
        answer = "".join(self._texts)
        waiting, self._late = self._late, []
        for citation in waiting:
            found = citation_of(citation, answer)
            if found["start"] is None:
                self._late.append(citation)
            else:
                yield _event("citation", found)


def _resumed(first: Event, events: Generator[Event, None, None], facts: Facts) -> Generator[Event, None, None]:
    try:
        yield SILENCE
        if first.name == "output":
            facts.delta()
        yield first
        for event in events:
            if event.name == "output":
                facts.delta()
            if event.name == "guardrail":
                facts.intervened = event.value.get("action") == "INTERVENED"
            yield event
        if not facts.deltas:
            raise _cut()
    except Exception as error:
        facts.error = failure_name(error)
        raise
    finally:
        events.close()


def _cut() -> ApiError:
    message = "the answer broke off: Bedrock's stream ended without an answer; send the request again"
    return ApiError(502, "stream_cut", message)


def _event(name: str, value: Any) -> bytes:
    return f"event: {name}\ndata: {json.dumps(value, ensure_ascii=False)}\n\n".encode("utf-8", "replace")
