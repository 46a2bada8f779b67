"""Names of agents in AgentCore: two deployments and two agents never have one name."""

import re

from kit_contract.agents import gateway_name, guardrail_name, harness_name, plain_tool_name
from kit_contract.run_names import bedrock_name

PAIRS = [("a", "b-c"), ("a-b", "c"), ("a-b-c", "d"), ("ab", "c"), ("a", "bc")]


def test_names_tell_deployments_and_agents_apart() -> None:
    for name in (harness_name, gateway_name, guardrail_name):
        assert len({name(*pair) for pair in PAIRS}) == len(PAIRS)
    assert not {guardrail_name(*pair) for pair in PAIRS} & {bedrock_name(*pair) for pair in PAIRS}


def test_names_are_what_agentcore_takes() -> None:
    assert harness_name("support-desk", "front") == "support_desk__front"
    assert all(re.fullmatch(r"[a-zA-Z][a-zA-Z0-9_]{0,39}", harness_name(*pair)) for pair in PAIRS)
    longest = gateway_name("d" * 19, "a" * 19)  # as long as the harness's name may be
    assert re.fullmatch(r"([0-9a-zA-Z][-]?){1,48}", longest)
    assert plain_tool_name("order-status___call") == plain_tool_name("order-status") == "order-status"
