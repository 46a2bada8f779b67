"""What the roles of harnesses and gateways may do: each is assumed by AgentCore, and each call needs its action.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html#harness-execution-role-policy
"""

from collections.abc import Iterator
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock

from kit_contract.partitions import partition_of
from local_aws.extension.agents import registry
from local_aws.extension.agents.definition import HarnessDefinition
from local_aws.extension.bedrock.invocation import PROFILE
from local_aws.extension.bedrock.responses import BedrockError, foundation_model_arn
from local_aws.extension.bedrock.responses import arn as bedrock_arn
from local_aws.extension.bedrock.service_roles import role_allows_on, trusts

SERVICE = "bedrock-agentcore.amazonaws.com"
INVOKE_MODEL = "bedrock:InvokeModelWithResponseStream"  # the harness streams
REMEMBER = ("bedrock-agentcore:CreateEvent", "bedrock-agentcore:ListEvents")
CODE_INTERPRETER = ("StartCodeInterpreterSession", "InvokeCodeInterpreter", "StopCodeInterpreterSession")


def check(definition: HarnessDefinition) -> None:
    """Raise BedrockError unless AgentCore may assume the harness's role and the role may do what the harness does."""
    check_role(definition.role_arn, definition.arn)
    for action, resource in needed(definition):
        check_action(definition.role_arn, action, resource)


def check_role(role_arn: str, source_arn: str) -> None:
    if not trusts(role_arn, source_arn, service=SERVICE):
        raise BedrockError(
            "AccessDeniedException",
            f"Amazon Bedrock AgentCore may not assume the role {role_arn} for {source_arn}: see its trust policy",
        )


def check_action(role_arn: str, action: str, resource: str) -> None:
    if not role_allows_on(role_arn, action, resource):
        raise BedrockError(
            "AccessDeniedException",
            f"User: {_session(role_arn)} is not authorized to perform: {action} on resource: {resource} because no "
            f"identity-based policy allows the {action} action",
        )


def needed(definition: HarnessDefinition) -> Iterator[tuple[str, str]]:
    """(action, resource) of all that an invocation of the harness does with its role."""
    for resource in model_arns(definition.model_id):
        yield INVOKE_MODEL, resource
    if definition.guardrail:
        yield "bedrock:ApplyGuardrail", _guardrail_arn(definition.guardrail)
    if memory := definition.memory_settings.get("arn"):
        yield from ((action, memory) for action in REMEMBER)
        if (registry.memory(memory) or {}).get("strategies"):
            yield "bedrock-agentcore:RetrieveMemoryRecords", memory
    for tool in definition.tools:
        yield from _for_tool(tool)


def _for_tool(tool: dict[str, Any]) -> Iterator[tuple[str, str]]:
    config = tool.get("config") or {}
    if tool["type"] == "agentcore_gateway":
        gateway = config["agentCoreGateway"]
        if "none" not in (gateway.get("outboundAuth") or {}):
            yield "bedrock-agentcore:InvokeGateway", gateway["gatewayArn"]
    if tool["type"] == "agentcore_code_interpreter":
        own = (config.get("agentCoreCodeInterpreter") or {}).get("codeInterpreterArn")
        start = f"arn:{partition_of(get_region())}:bedrock-agentcore:{get_region()}:aws"
        for action in CODE_INTERPRETER:
            yield f"bedrock-agentcore:{action}", own or f"{start}:code-interpreter/aws.codeinterpreter.v1"


def model_arns(model_id: str) -> list[str]:
    """The ARNs that a policy must allow: of an inference profile, the profile and its model in this Region."""
    if model_id.startswith("arn:"):
        return [model_id]
    if PROFILE.match(model_id):
        return [bedrock_arn(f"inference-profile/{model_id}"), foundation_model_arn(PROFILE.sub("", model_id))]
    return [foundation_model_arn(model_id)]


def _guardrail_arn(identifier: str) -> str:
    if identifier.startswith("arn:"):
        return identifier
    found = bedrock._guardrails.get(identifier) or {}
    return str(found.get("GuardrailArn") or bedrock_arn(f"guardrail/{identifier}"))


def _session(role_arn: str) -> str:
    partition = partition_of(get_region())
    return f"arn:{partition}:sts::{get_account_id()}:assumed-role/{role_arn.rpartition('/')[2]}/BedrockAgentCore"
