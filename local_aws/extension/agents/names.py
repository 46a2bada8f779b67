"""Ids, ARNs and URLs of AgentCore; an id is `<name>-<10 letters and digits>`."""

import os

from ministack.core.responses import get_account_id, get_region

from kit_contract.partitions import partition_of
from local_aws.extension.bedrock.responses import identifier as letters


def identifier(name: str) -> str:
    return f"{name}-{letters(10)}"


def agentcore_arn(resource: str) -> str:
    return f"arn:{partition_of(get_region())}:bedrock-agentcore:{get_region()}:{get_account_id()}:{resource}"


def gateway_url(gateway_id: str) -> str:
    """On AWS: https://<id>.gateway.bedrock-agentcore.<region>.amazonaws.com/mcp."""
    return f"http://127.0.0.1:{os.environ['GATEWAY_PORT']}/gateways/{gateway_id}/mcp"
