"""AgentCore takes five operations on targets of one gateway at a time: "Concurrent target operations (total of Create/
Update/DeleteTarget) on same gateway", 5, of
https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/bedrock-agentcore-limits.html

CloudFormation makes at once what waits for nothing. ministack makes one resource after the other, so what would be made
at once is found in the template.
"""

import json
from typing import Any

from ministack.services.cloudformation import engine, stacks

TARGET, AT_ONCE = "AWS::BedrockAgentCore::GatewayTarget", 5
_crowded: dict[str, set[str]] = {}


def install() -> None:
    """Look at the template where ministack validates it: before anything is made, with each deploy."""
    validate = stacks._validation_errors

    def validated(definitions: dict[str, Any], ordered: list[str], *arguments: Any) -> Any:
        # Next come parameters, conditions, mappings and the stack's name.
        _crowded[arguments[3]] = crowded(definitions, ordered)
        return validate(definitions, ordered, *arguments)

    stacks._validation_errors = validated


def is_crowded(stack_name: str, logical_id: str) -> bool:
    """Whether the target is the sixth of its gateway, or a later one, that nothing keeps from being made at once."""
    return logical_id in _crowded.get(stack_name, set())


def crowded(definitions: dict[str, Any], ordered: list[str]) -> set[str]:
    """`ordered`: the logical ids, each after what it depends on."""
    waves: dict[str, int] = {}
    made: dict[tuple[int, str], int] = {}
    found = set()
    for name in ordered:
        needed = engine._extract_deps(definitions[name], set(ordered))
        waves[name] = max((waves[one] + 1 for one in needed if one in waves), default=0)
        if definitions[name]["Type"] != TARGET:
            continue
        place = (waves[name], json.dumps(definitions[name]["Properties"].get("GatewayIdentifier"), sort_keys=True))
        made[place] = made.get(place, 0) + 1
        if made[place] > AT_ONCE:
            found.add(name)
    return found
