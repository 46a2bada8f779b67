"""`kit agents ask QUESTION`: one question, and your decision about each call that needs approval."""

import argparse
import json
import sys
from typing import Any

from deployment.config import load_deployment_config
from kit.agents.agent_api import PENDING, AgentApi, add_agent_argument, chosen_agent, connect
from kit.deployment_arguments import add_deployment_arguments
from kit_contract.errors import InputError


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_deployment_arguments(parser)
    parser.add_argument("question")
    add_agent_argument(parser)
    parser.add_argument("--session", metavar="ID", help="continue the session of an earlier answer")


def run(options: argparse.Namespace) -> int:
    if not options.question.strip():
        raise InputError("the question is empty; write one in quotes")
    agent = chosen_agent(load_deployment_config(options.config, options.environment), options.config, options.agent)
    api = connect(options.config, options.environment, local=options.local)
    session = {"session_id": options.session} if options.session else {}
    answer = _until_decided(api, agent, api.invoke(agent, {"input": options.question, **session}))
    if options.json:
        print(json.dumps(answer, indent=2, ensure_ascii=False))
        return 0
    print(answer["output"])
    for tool in answer["tools"]:
        print(f"tool     {tool['name']} {json.dumps(tool['arguments'], ensure_ascii=False)}: {tool['status']}")
    print(f"session  {answer['session_id']}\nstopped  {answer['stop_reason']}")
    return 0


def _until_decided(api: AgentApi, agent: str, answer: dict[str, Any]) -> dict[str, Any]:
    """The answer after all decisions, with the tools of each step. Nobody at a terminal: nothing is approved."""
    while calls := answer.get(PENDING):
        if not sys.stdin.isatty():
            print(_undecided(api, agent, answer), file=sys.stderr)
            return answer
        approve = [call for call in calls if _approved(call)]
        reject = [call for call in calls if call not in approve]
        decisions = {name: found for name, found in (("approve", approve), ("reject", reject)) if found}
        earlier = [tool for tool in answer["tools"] if tool["status"] != PENDING]
        answer = api.invoke(agent, {"session_id": answer["session_id"], **decisions})
        answer = {**answer, "tools": [*earlier, *answer["tools"]]}
    return answer


def _undecided(api: AgentApi, agent: str, answer: dict[str, Any]) -> str:
    """How to decide elsewhere: the API takes a call back as it was shown."""
    waiting = ", ".join(call["name"] for call in answer[PENDING])
    return (
        f"not run, because a person has to approve it and nobody is at a terminal: {waiting}. Ask again at a terminal, "
        "or within an hour send session_id and the calls in requires_approval (--json prints both) as approve or "
        f"reject to POST {api.url}/agents/{agent}/invoke (docs/agents-api.md)"
    )


def _approved(call: dict[str, Any]) -> bool:
    shown = json.dumps(call["arguments"], ensure_ascii=False)
    print(f"the agent wants to call {call['name']} with {shown}; approve? [y/N] ", end="", file=sys.stderr, flush=True)
    return sys.stdin.readline().strip().lower() in ("y", "yes")
