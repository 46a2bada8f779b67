"""Sessions and memory: those of a key, and of a user of it, are nobody else's."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from inference_api.agents.callers import Caller
from tests.inference_api.agents.conftest import AgentApi
from tests.inference_api.agents.harness_events import DONE

names = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
callers = st.builds(Caller, names, names.filter(bool), names, names)


@given(callers, callers)
def test_two_callers_share_no_session(one: Caller, other: Caller) -> None:
    assert re.fullmatch(r"[a-zA-Z0-9][a-zA-Z0-9-_]{32,99}", one.runtime_session_id)
    if "\0" not in "".join((*one, *other)):
        assert (one.runtime_session_id == other.runtime_session_id) == (one == other)


def test_the_same_session_id_of_another_key_is_another_session(agents: AgentApi) -> None:
    for key_name, user in (("default", None), ("partner", None), ("default", "ann"), ("default", None)):
        agents.clients.turns.append(DONE)
        agents.ask(key_name=key_name, input="Hi", session_id="s", user=user)

    first, other_key, other_user, again = agents.clients.harness_calls
    assert first["runtimeSessionId"] == again["runtimeSessionId"]
    assert len({call["runtimeSessionId"] for call in (first, other_key, other_user)}) == 3
    assert [call["actorId"] for call in (first, other_key)] == ["default", "partner"]
    assert re.fullmatch(r"default_[0-9a-f]{32}", other_user["actorId"])
