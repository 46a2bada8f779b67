"""Asks an agent through the deployed API, and shows what it does while it works."""

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from kit.local.questions import opened
from kit_contract.errors import ExternalError

QUESTION = "Has order A-1001 been shipped, and how often should I descale the machine?"


def print_asked(outputs: Mapping[str, Any], agent: str) -> None:
    """Ask `agent`, and print each event when it arrives: calls of tools and their results, parts of the answer.

    Raises ExternalError for an answer that broke off.
    """
    print(f"\na question to the agent {agent}, streamed\nQ  {QUESTION}", flush=True)
    began, begun = time.monotonic(), False
    for event, data in _events(outputs, agent):
        seconds = time.monotonic() - began
        if event == "tool_call":
            print(f"   {seconds:.2f} s calls {data['name']} {json.dumps(data['arguments'], ensure_ascii=False)}")
        elif event == "tool_result":
            print(f"   {seconds:.2f} s {data['name']}: {data['status']} after {data['milliseconds']} ms", flush=True)
        elif event == "text":
            print(data["text"] if begun else f"A  {data['text']}", end="", flush=True)
            begun = True
        elif event == "error":
            raise ExternalError(f"the answer of agent {agent} broke off: {data['error']['message']}")
        elif event == "end":
            print(f"\n   stopped with {data['stop_reason']} after {seconds:.2f} s", flush=True)
            return
    raise ExternalError(f"the answer of agent {agent} broke off: it has no end")


def _events(outputs: Mapping[str, Any], agent: str) -> Iterator[tuple[str, dict[str, Any]]]:
    name = ""
    with opened(outputs, f"/v1/agents/{agent}/invoke", {"input": QUESTION, "stream": True}) as response:
        for line in response:
            field, _, value = line.decode().strip().partition(": ")
            if field == "event":
                name = value
            elif field == "data":
                yield name, json.loads(value)
