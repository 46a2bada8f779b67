"""[agents.*]: agents that AgentCore's harness runs: model, instructions, limits, memory, tools.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness.html
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from deployment.sections.agent_tools import Tool
from deployment.sections.section import FilePath, ModelOrAlias, Name, Section

Builtin = Literal["shell", "file_operations"]
CLASSIC = (
    'kind = "classic" (Amazon Bedrock Agents) is closed to accounts without such agents since 2026-07-30, and this kit '
    'does not deploy it; remove the line, or set kind = "harness"'
)


class Agent(Section):
    """`model` is an id or ARN, or the name of an alias, whose foundation model it is then.

    `instructions` is the text, or `instructions_file` or the prompt of [prompts.*] holds it. `max_tokens` and
    `timeout_seconds` hold for one invocation. `memory`: "short" keeps a session's turns for
    `memory_days`, "long" also what is learned of a caller.
    `idle_seconds`: a session that nobody uses for so long is ended; until then, its memory (RAM) is billed.
    `builtin_tools`: those of the session's own machine, which the model can't use otherwise.
    """

    kind: Literal["harness", "classic"] = "harness"
    model: ModelOrAlias
    instructions: Annotated[str, Field(min_length=1, max_length=20_000)] | None = None
    instructions_file: FilePath | None = None
    instructions_prompt: Name | None = None
    max_iterations: Annotated[int, Field(ge=1, le=1000)] = 10
    max_tokens: Annotated[int, Field(ge=1, le=1_000_000)] = 4096
    timeout_seconds: Annotated[int, Field(ge=1, le=3600)] = 120
    idle_seconds: Annotated[int, Field(ge=60, le=28_800)] = 300
    guardrail: Name | None = None
    memory: Literal["off", "short", "long"] = "off"
    memory_days: Annotated[int, Field(ge=3, le=365)] = 30
    builtin_tools: list[Builtin] = []
    tools: dict[Name, Tool] = {}

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if self.kind == "classic":
            raise ValueError(CLASSIC)
        if sum(one is not None for one in (self.instructions, self.instructions_file, self.instructions_prompt)) != 1:
            raise ValueError(
                "exactly one of instructions, instructions_file, instructions_prompt is needed; write the text, or "
                "name a file or a prompt"
            )
        if self.memory == "off" and self.memory_days != type(self).model_fields["memory_days"].default:
            raise ValueError('memory_days: nothing is kept with memory = "off"; remove it, or set memory = "short"')
        return self

    @property
    def system_prompt(self) -> str:
        """The instructions that the section itself has. The checks have looked at the file."""
        if self.instructions_file is None:
            return (self.instructions or "").strip()
        return self.instructions_file.read_text(encoding="utf-8").strip()

    @property
    def gateway_tools(self) -> dict[str, Tool]:
        """Those that are functions, and that no person approves."""
        kinds = ("lambda", "knowledge-base")
        return {name: tool for name, tool in self.tools.items() if tool.kind in kinds and not tool.confirm}

    @property
    def confirmed_tools(self) -> dict[str, Tool]:
        return {name: tool for name, tool in self.tools.items() if tool.confirm}
