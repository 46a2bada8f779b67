"""The real AWS clients. Model clients do not retry: the only retry loop is in fallback.py."""

from __future__ import annotations

from functools import cache, cached_property
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config

from inference_api.fallback import CONNECT_SECONDS

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient
    from mypy_boto3_ssm import SSMClient

PARAMETER_CONFIG = Config(connect_timeout=1, read_timeout=1, retries={"mode": "standard", "total_max_attempts": 2})


class BotoClients:
    """Creates each client at its first use, so that a cold GET /v1/models creates none."""

    def bedrock_runtime(self, read_timeout: int) -> BedrockRuntimeClient:
        return _bedrock_runtime(read_timeout)

    def agent_runtime(self, read_timeout: int) -> AgentsforBedrockRuntimeClient:
        return _agent_runtime(read_timeout)

    @cached_property
    def ssm(self) -> SSMClient:
        client: SSMClient = boto3.client("ssm", config=PARAMETER_CONFIG)
        return client


@cache
def _bedrock_runtime(read_timeout: int) -> BedrockRuntimeClient:
    client: BedrockRuntimeClient = boto3.client("bedrock-runtime", config=_config(read_timeout))
    return client


@cache
def _agent_runtime(read_timeout: int) -> AgentsforBedrockRuntimeClient:
    client: AgentsforBedrockRuntimeClient = boto3.client("bedrock-agent-runtime", config=_config(read_timeout))
    return client


def _config(read_timeout: int) -> Config:
    retries = {"mode": "standard", "total_max_attempts": 1}
    return Config(connect_timeout=CONNECT_SECONDS, read_timeout=read_timeout, retries=retries)  # type: ignore[arg-type]
