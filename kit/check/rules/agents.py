"""Agents, classic and of AgentCore: what nothing filters, what the model may do unasked, who may call tools."""

from collections.abc import Iterator, Mapping
from typing import Any

from kit.check.finding import Finding
from kit.check.template import Template

# https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-tools.html
EVERYTHING = ("*", "@builtin", "@builtin/*")


def check(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources("AWS::Bedrock::Agent"):
        if not properties.get("GuardrailConfiguration"):
            reason = "no GuardrailConfiguration: nothing filters what callers ask and the agent answers"
            fix = "create an AWS::Bedrock::Guardrail and name it and its version in GuardrailConfiguration"
            yield Finding(template.stack, logical_id, "kit-agent-guardrail", reason, fix)
    for logical_id, properties in template.resources("AWS::BedrockAgentCore::Harness"):
        yield from _harness(template, logical_id, properties)
    for logical_id, properties in template.resources("AWS::BedrockAgentCore::Gateway"):
        if properties.get("AuthorizerType") == "NONE":
            reason = "AuthorizerType NONE: anybody who knows the gateway's URL can call its tools"
            fix = "set AuthorizerType to AWS_IAM, or to CUSTOM_JWT with an AuthorizerConfiguration"
            yield Finding(template.stack, logical_id, "kit-gateway-open", reason, fix)


def _harness(template: Template, logical_id: str, properties: Mapping[str, Any]) -> Iterator[Finding]:
    allowed = properties.get("AllowedTools")
    if not allowed or (isinstance(allowed, list) and any(tool in EVERYTHING for tool in allowed)):
        reason = f"AllowedTools {allowed or 'is missing'}: the model may use the shell and the files of its machine"
        fix = "list the tools that the agent needs, such as @gateway for those of a gateway with this name"
        yield Finding(template.stack, logical_id, "kit-harness-tools", reason, fix)
    if not properties.get("Memory"):
        reason = "no Memory: AgentCore makes a memory of its own, keeps what callers say in it, and bills it"
        fix = "set Memory to {Disabled: {}}, or to the memory of AgentCoreMemoryConfiguration"
        yield Finding(template.stack, logical_id, "kit-harness-memory", reason, fix)
