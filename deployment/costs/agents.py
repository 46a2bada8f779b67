"""What invocations of agents cost: the model, twice for each tool call, and AgentCore by consumption.

https://aws.amazon.com/bedrock/agentcore/pricing/: there is no charge for the harness itself. What a session takes of
processor and RAM is unknown before it has run.
"""

from collections.abc import Iterator
from dataclasses import replace

from deployment.config import DeploymentConfig
from deployment.costs.guardrails import GuardedText, guardrail_lines
from deployment.costs.inference_api import Traffic, serving_lines, token_lines
from deployment.costs.lines import CostGroup, CostLine, line
from deployment.sections.agents import Agent
from kit_contract.counted import counted
from model_catalog.prices import price

SERVICE = "bedrock-agentcore"
MODEL_CALLS = 2  # one that calls a tool, one that answers
EVENTS = 2  # what the caller said and what was answered
RETRIEVALS = 3  # of long-term memory, one for each namespace of bedrock_constructs/agents/memory.py


def agent_groups(config: DeploymentConfig, traffic: Traffic) -> list[CostGroup]:
    return [
        CostGroup(
            f"agents.{name}",
            f"{counted(traffic.requests, 'invocation')} of agent {name}, each with a tool call",
            tuple(_lines(config, name, item, traffic)),
        )
        for name, item in config.agents.items()
    ]


def _lines(config: DeploymentConfig, name: str, item: Agent, traffic: Traffic) -> Iterator[CostLine]:
    region = config.deployment.region
    calls = replace(traffic, requests=traffic.requests * MODEL_CALLS)
    yield from token_lines(calls, config.priced_model(config.agent_model(name)), region)
    text = GuardedText(traffic.input_tokens, traffic.output_tokens)
    yield from guardrail_lines(config.guardrails.get(item.guardrail or ""), text, calls.requests, region)
    idle = f"and {item.idle_seconds} s after each session's last invocation"
    yield _consumed("session's processor", "vCPU-hours, unknown before it runs", None, "vcpu_hour", region)
    yield _consumed("session's RAM", f"GB-hours while it runs {idle}, unknown before", None, "gb_hour", region)
    if item.gateway_tools:
        listed = traffic.requests * 2
        yield _consumed(
            "gateway", f"{counted(listed, 'request')}: tools listed, one called", listed, "gateway_request", region
        )
    if item.memory != "off":
        events = traffic.requests * EVENTS
        yield _consumed("memory: events", f"{traffic.requests:,} x {EVENTS} events", events, "memory_event", region)
    if item.memory == "long":
        searched = traffic.requests * RETRIEVALS
        what = f"{traffic.requests:,} x {RETRIEVALS} searches"
        yield _consumed("memory: searches", what, searched, "memory_retrieval", region)
        yield _consumed("memory: records", "a month, unknown before it is used", None, "memory_record_month", region)
    yield from serving_lines(traffic, region)


def _consumed(part: str, what: str, quantity: float | None, kind: str, region: str) -> CostLine:
    found = price(kind, service=SERVICE, region=region)
    return line(part, what, quantity, found, missing=f"AgentCore's {kind.replace('_', ' ')} in {region}")
