"""AWS::BedrockAgentCore::Memory: ministack's memory, whose strategies a template gives by name."""

import json
from typing import Any

from ministack.services import bedrock_agentcore

from local_aws.extension.agents import registry
from local_aws.extension.cloudformation.service_calls import Created, Properties, answer, attributes, members

MEMORY = "AWS::BedrockAgentCore::Memory"
KEPT = ("description", "namespaces", "namespaceTemplates")  # what UpdateMemory changes of a strategy


def create(_: str, properties: Properties) -> Created:
    made = answer(bedrock_agentcore._create_memory(json.dumps(members(properties))))["memory"]
    return made["arn"], _attributes(made["arn"])


def update(arn: str, properties: Properties) -> Properties:
    record = registry.memory(arn)
    if record is None:
        raise ValueError(f"{MEMORY}: ResourceNotFoundException: Memory {registry.last_part(arn)} was not found")
    body = {
        **members(properties),
        "memoryStrategies": _changes(record, members(properties).get("memoryStrategies", [])),
    }
    answer(bedrock_agentcore._update_memory(registry.last_part(arn), json.dumps(body)))
    return _attributes(arn)


def delete(arn: str) -> None:
    bedrock_agentcore._delete_memory(registry.last_part(arn))


def _changes(record: Properties, wanted: list[Properties]) -> Properties:
    """CloudFormation compares strategies by their names."""
    by_name: dict[str, Any] = {spec["name"]: (kind, spec) for item in wanted for kind, spec in item.items()}
    held = {strategy["name"]: strategy["strategyId"] for strategy in record.get("strategies", [])}
    return {
        "addMemoryStrategies": [{kind: spec} for name, (kind, spec) in by_name.items() if name not in held],
        "modifyMemoryStrategies": [
            {"memoryStrategyId": held[name], **{key: spec[key] for key in KEPT if key in spec}}
            for name, (_, spec) in by_name.items()
            if name in held
        ],
        "deleteMemoryStrategies": [{"memoryStrategyId": held[name]} for name in held.keys() - by_name.keys()],
    }


def _attributes(arn: str) -> Properties:
    record = registry.memory(arn)
    assert record
    return attributes(MEMORY, {**record, "memoryArn": record["arn"], "memoryId": record["id"]})
