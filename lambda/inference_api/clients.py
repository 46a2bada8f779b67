"""The AWS clients that the core asks for; handler.py makes them, each at its first use."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_ssm import SSMClient


class Clients(Protocol):
    @property
    def bedrock_runtime(self) -> BedrockRuntimeClient: ...

    @property
    def agent_runtime(self) -> AgentsforBedrockRuntimeClient: ...

    @property
    def ssm(self) -> SSMClient: ...
