"""Asks the targets of an alias. The vocabulary is Converse's: each dialect translates to it and from it."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar

from inference_api.aliases import Target
from inference_api.answer_forms import AnswerSchema, Form
from inference_api.aws.client import SILENCE, Event
from inference_api.cost_profiles import through_profile
from inference_api.errors import ApiError, failure_name
from inference_api.fallback import Served
from inference_api.guardrails import INTERVENED, guarded, streamed
from inference_api.http_messages import Facts
from inference_api.messages import only_text
from inference_api.service import Service
from inference_api.variant_metrics import is_refusal

T = TypeVar("T")


class Turn(NamedTuple):
    """What a model shall answer. `request`: the arguments of Converse except `modelId`.

    `tool_names`: Converse's name of a tool -> the caller's, for those that differ. `answer_schema`: what the text of
    the answer follows. `model_fields`: modelId -> additionalModelRequestFields; raises ApiError if the model has not
    what the caller wants. `may_cache`: the cache points of the request may be left out.
    """

    alias: str
    request: Mapping[str, Any]
    tool_names: Mapping[str, str] = MappingProxyType({})
    answer_schema: AnswerSchema | None = None
    model_fields: Callable[[str], Mapping[str, Any]] | None = None
    may_cache: bool = False


def converse(turn: Turn, service: Service, facts: Facts) -> Served[dict[str, Any]]:
    """The response of Converse. Raises ApiError, AwsError or OSError of the last target."""
    _refuse_unlisted(turn, service)
    targets = service.aliases.resolve(turn.alias, measured=True)
    request = _told(turn, service, facts)

    def call(target: Target, read_seconds: float) -> dict[str, Any]:
        def send(form: Form) -> dict[str, Any]:
            def one(model: str) -> Any:
                return service.clients.converse(model, form.request, read_seconds=read_seconds)

            return form.response(through_profile(target, target.invoke_id, one))

        return _sent(turn, request, target, send)

    served = _ask(turn, targets, call, service, facts)
    facts.intervened = served.answer.get("stopReason") == INTERVENED
    facts.usage = served.answer.get("usage")
    facts.refused = is_refusal(served.answer.get("stopReason"), said=_says_something(served.answer))
    return served


def converse_stream(turn: Turn, service: Service, facts: Facts) -> Served[Generator[Event, None, None]]:
    """The events of ConverseStream, and SILENCE where none comes for a while. Falls back until the first event.

    The iterator raises ApiError, AwsError or OSError if the stream breaks off, also if it ends without `messageStop`.
    Closing it ends the call.
    """
    _refuse_unlisted(turn, service)
    targets = service.aliases.resolve(turn.alias, measured=True)
    request = streamed(_told(turn, service, facts))

    def opened(target: Target, read_seconds: float) -> Generator[Event, None, None]:
        def send(form: Form) -> Generator[Event, None, None]:
            def one(model: str) -> Any:
                return service.clients.converse_stream(model, form.request, read_seconds=read_seconds)

            events = form.events(through_profile(target, target.invoke_id, one))
            resumed = _resumed(_first(events), events, facts)
            next(resumed)  # begins it: only then does closing it end the call
            return resumed

        return _sent(turn, request, target, send)

    return _ask(turn, targets, opened, service, facts)


def _told(turn: Turn, service: Service, facts: Facts) -> Mapping[str, Any]:
    """The request with the guardrail and the prompt of the alias. Raises ApiError 400."""
    request = guarded(turn.request, turn.alias, service.settings, facts)
    prompt = service.settings.aliases[turn.alias].prompt
    if prompt is None and not facts.prompt_variables:
        return request
    from inference_api.prompts import prompted

    return prompted(request, prompt, facts)


def _sent(turn: Turn, request: Mapping[str, Any], target: Target, send: Callable[[Form], T]) -> T:
    """What `send` returns for `request`, with its guardrail, as the model of `target` takes it."""
    own = turn.model_fields(target.invoke_id) if turn.model_fields else None
    if own:
        request = {**request, "additionalModelRequestFields": own}

    def in_form(cached: Mapping[str, Any]) -> T:
        if turn.answer_schema is None:
            return send(Form(cached))
        from inference_api.structured_answers import in_its_form

        return in_its_form(cached, turn.answer_schema, target.invoke_id, send)

    try:
        if not turn.may_cache:
            return in_form(request)
        from inference_api.prompt_caching import where_cached

        return where_cached(request, target.invoke_id, in_form)
    except Exception as error:
        told = _explained(error, request["messages"])
        if told is error:
            raise
        raise told from error


def _refuse_unlisted(turn: Turn, service: Service) -> None:
    """Raises ApiError 400."""
    if not only_text(turn.request["messages"]):
        from inference_api.bucket_media import refuse_unlisted

        refuse_unlisted(turn.request["messages"], service.settings.media_buckets)


def _explained(error: Exception, messages: Any) -> Exception:
    from inference_api.bucket_media import explained

    return explained(error, messages)


def _ask(turn: Turn, targets: Sequence[Target], call: Any, service: Service, facts: Facts) -> Served[Any]:
    facts.alias = turn.alias
    served: Served[Any] = service.fallback.ask(
        targets, call, deadline=service.fallback.deadline(), attempts=facts.attempts
    )
    facts.served(turn.alias, served)
    return served


def _says_something(response: Mapping[str, Any]) -> bool:
    content = response.get("output", {}).get("message", {}).get("content", [])
    return any(block.get("text", "").strip() or "text" not in block for block in content)


def _first(events: Iterator[Event]) -> Event:
    for event in events:
        if event is not SILENCE:
            return event
    raise _cut()


def _resumed(first: Event, events: Generator[Event, None, None], facts: Facts) -> Generator[Event, None, None]:
    stopped = False
    try:
        yield SILENCE
        yield first
        for event in events:
            name, value = event
            if name == "contentBlockDelta":
                facts.delta()
            elif name == "messageStop":
                stopped = True
                facts.intervened = value.get("stopReason") == INTERVENED
                facts.refused = is_refusal(value.get("stopReason"), said=facts.deltas > 0)
            elif name == "metadata":
                facts.usage = value.get("usage")
            yield event
        if not stopped:
            raise _cut()
    except Exception as error:
        facts.error = failure_name(error)
        raise
    finally:
        events.close()


def _cut() -> ApiError:
    message = "the answer broke off: Bedrock's stream ended before the model had finished; send the request again"
    return ApiError(502, "stream_cut", message)
