"""POST /v1/agents/NAME/invoke."""

from __future__ import annotations

from inference_api.agents.answer import server_sent, whole
from inference_api.agents.callers import Caller, checked_key
from inference_api.agents.conversation import answered
from inference_api.agents.invocation import agent_named
from inference_api.agents.request import question_of
from inference_api.http_messages import Answer, Facts, Request, event_answer, json_answer
from inference_api.paths import AGENTS
from inference_api.service import Service


def invoke(request: Request, service: Service, facts: Facts) -> Answer:
    """Raises ApiError until the agent begins to answer."""
    name = request.path.rstrip("/").removeprefix(AGENTS).partition("/")[0]
    agent_named(name, service)
    question = question_of(request.json(), service.new_id)
    caller = Caller(name, checked_key(facts.key_name), question.user, question.session_id)
    said = [{"role": "user", "content": [{"text": text} for text in question.texts]}] if question.texts else []
    answer = answered(said, question.decisions, caller, service, facts, stream=question.stream)
    if question.stream:
        return event_answer(server_sent(answer, service, facts), facts.headers)
    return json_answer(200, whole(answer, service, facts), facts.headers)
