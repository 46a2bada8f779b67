"""What a harness runs with: its configuration and what an invocation sets in its place.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-models.html
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-operations.html (limits and their defaults)
"""

from dataclasses import dataclass, field
from typing import Any

from local_aws.extension.agents.agent_core_error import InvalidFieldError

Record = dict[str, Any]
DEFAULT_MODEL = "global.anthropic.claude-sonnet-4-6"
MAX_ITERATIONS, TIMEOUT_SECONDS, IDLE_SECONDS, LIFETIME_SECONDS = 75, 3600, 900, 28_800
INFERENCE = ("maxTokens", "temperature", "topP")
# What an invocation may set in place of the harness's own; `skills` is not on the embedded AWS.
OVERRIDES = ("model", "systemPrompt", "tools", "allowedTools", "maxIterations", "maxTokens", "timeoutSeconds")
LOCAL_TOOLS = ("agentcore_gateway", "remote_mcp", "inline_function", "agentcore_code_interpreter")
NOT_HERE = "is not on the embedded AWS"


@dataclass(frozen=True)
class HarnessDefinition:
    """`parameters`: what goes to Converse unchanged, as guardrailConfig. `max_tokens`: output of the invocation."""

    arn: str
    role_arn: str
    model_id: str
    inference: Record = field(default_factory=dict)
    parameters: Record = field(default_factory=dict)
    system: str = ""
    tools: tuple[Record, ...] = ()
    allowed_tools: tuple[str, ...] = ("*",)
    max_iterations: int = MAX_ITERATIONS
    max_tokens: int | None = None
    timeout_seconds: float = TIMEOUT_SECONDS
    idle_seconds: float = IDLE_SECONDS
    lifetime_seconds: float = LIFETIME_SECONDS
    memory: Record = field(default_factory=dict)
    truncation: Record = field(default_factory=dict)

    @property
    def guardrail(self) -> str | None:
        """Its id or ARN."""
        return (self.parameters.get("guardrailConfig") or {}).get("guardrailIdentifier")

    @property
    def memory_settings(self) -> Record:
        """With `arn`, if the harness has a memory."""
        return self.memory.get("agentCoreMemoryConfiguration") or self.memory.get("managedMemoryConfiguration") or {}


def defined(arn: str, configuration: Record, request: Record) -> HarnessDefinition:
    """The harness for one invocation. Raises InvalidFieldError for what the embedded AWS does not have."""
    for name in ("skills", "hooks"):
        if request.get(name) or configuration.get(name):
            raise InvalidFieldError(name, f"{name} are not on the embedded AWS; leave them out")
    given = {**configuration, **{name: request[name] for name in OVERRIDES if request.get(name) is not None}}
    model = _bedrock_model(given.get("model") or {})
    runtime = (given.get("environment") or {}).get("agentCoreRuntimeEnvironment") or {}
    lifecycle = runtime.get("lifecycleConfiguration") or {}
    return HarnessDefinition(
        arn=arn,
        role_arn=given["executionRoleArn"],
        model_id=model.get("modelId") or DEFAULT_MODEL,
        inference={name: model[name] for name in INFERENCE if model.get(name) is not None},
        parameters=dict(model.get("additionalParams") or {}),
        system="\n".join(block["text"] for block in given.get("systemPrompt") or []),
        tools=tuple(_named(tool) for tool in given.get("tools") or []),
        allowed_tools=tuple(given["allowedTools"]) if given.get("allowedTools") is not None else ("*",),
        max_iterations=given.get("maxIterations") or MAX_ITERATIONS,
        max_tokens=given.get("maxTokens"),
        timeout_seconds=given.get("timeoutSeconds") or TIMEOUT_SECONDS,
        idle_seconds=lifecycle.get("idleRuntimeSessionTimeout") or IDLE_SECONDS,
        lifetime_seconds=lifecycle.get("maxLifetime") or LIFETIME_SECONDS,
        memory=given.get("memory") or {},
        truncation=given.get("truncation") or {},
    )


def _bedrock_model(model: Record) -> Record:
    others = [name for name in model if name != "bedrockModelConfig"]
    if others:
        raise InvalidFieldError("model", f"{others[0]} {NOT_HERE}; use bedrockModelConfig")
    found: Record = model.get("bedrockModelConfig") or {}
    if found.get("apiFormat", "converse_stream") != "converse_stream":
        raise InvalidFieldError("model", f"apiFormat {found['apiFormat']} {NOT_HERE}; use converse_stream")
    return found


def _named(tool: Record) -> Record:
    if tool.get("type") not in LOCAL_TOOLS:
        raise InvalidFieldError("tools", f"{tool.get('type')} {NOT_HERE}; it has {', '.join(LOCAL_TOOLS)}")
    return {**tool, "name": tool.get("name") or tool["type"]}
