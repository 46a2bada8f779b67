"""Names of agents and their tools that stacks, functions and commands share."""

import hashlib

ENDPOINT = "live"  # the endpoint of a harness that callers use; it moves to a new version when that is ready
# The second one is of the runtime that a harness is built on; both are checked on the harness and on its endpoint.
INVOKE_HARNESS = ("bedrock-agentcore:InvokeHarness", "bedrock-agentcore:InvokeAgentRuntime")
GATEWAY_TOOL = "gateway"  # the harness's name for its gateway; no tool of a section may have it
TOOL_IN_TARGET = "call"  # the gateway calls a tool `<section>___call`: one target for each section
HARNESS_ARN, CONFIRMED_TOOLS = "harness_arn", "confirmed_tools"
MODEL_PREFIX = "agent:"  # the agent as a model of chat completions
MAX_HARNESS_NAME = 40
# An event's client context names the tool: context.client_context.custom[...], `<section>___call`.
TOOL_NAME_CONTEXT = "bedrockAgentCoreToolName"
# The same for a call that a person has approved: its id, which a repeated request has too.
APPROVED_CALL_CONTEXT = "bedrockKitApprovedCall"


def harness_name(kit_deployment: str, agent: str) -> str:
    """`<deployment>__<agent>` with `_` for `-`: deployments share harness names, which take no hyphen.

    No name in deployment.toml has two hyphens in a row, so the first `__` is the border.
    """
    return f"{kit_deployment}__{agent}".replace("-", "_")


def gateway_name(kit_deployment: str, agent: str) -> str:
    """`<deployment>-<agent>-<digits>`: gateways take no `_`, so a hash tells `a-b` and `c` from `a` and `b-c`."""
    digest = hashlib.sha256(f"{kit_deployment}.{agent}".encode()).hexdigest()[:6]
    return f"{kit_deployment}-{agent}-{digest}"


def guardrail_name(kit_deployment: str, guardrail: str) -> str:
    """Of the agents' own guardrail of a section, beside that of the API: `bedrock_name` has at most one `_`."""
    return f"{kit_deployment}__{guardrail}"


def plain_tool_name(name: str) -> str:
    """The tool's section, of what the model calls it: `order-status___call`, or `order-status` if it is confirmed."""
    return name.removesuffix(f"___{TOOL_IN_TARGET}").rpartition("___")[2]
