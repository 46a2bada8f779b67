"""The AWS clients that the core uses. `read_timeout` is in seconds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_ssm import SSMClient


class Clients(Protocol):
    def bedrock_runtime(self, read_timeout: int) -> BedrockRuntimeClient: ...

    def agent_runtime(self, read_timeout: int) -> AgentsforBedrockRuntimeClient: ...

    @property
    def ssm(self) -> SSMClient: ...
