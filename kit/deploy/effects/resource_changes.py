"""Compares two templates of a stack: which resources are added, removed, updated and replaced.

A resource is replaced if a property changes that its schema calls create-only, or if such a property refers to a
resource that is replaced. The schemas are CloudFormation's, as cfn-lint has them:
https://docs.aws.amazon.com/cloudformation-cli/latest/userguide/resource-type-schema.html
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

Resources = Mapping[str, Mapping[str, Any]]
# Type -> paths of its create-only properties, such as ("KnowledgeBaseConfiguration", "Type").
CreateOnly = Callable[[str], "list[tuple[str, ...]]"]
# Properties whose change replaces a custom resource: its `physical_id` in lambda/custom_resources is made of them.
# CloudFormation has no schema of them. A throughput is renamed in place.
IDENTITY: dict[str, list[tuple[str, ...]]] = {
    "Custom::BedrockCustomModelDeployment": [("DeploymentName",)],
    "Custom::BedrockImportedModelServing": [("Customization",)],
    "Custom::OpenSearchIndex": [("CollectionId",), ("IndexName",)],
    "Custom::PgVectorTable": [("Table",)],
}


class Action(Enum):
    ADD = "add"
    REMOVE = "remove"
    UPDATE = "update"
    REPLACE = "replace"


@dataclass(frozen=True)
class ResourceChange:
    """`resource`: as the new template has it, or the old one if it is removed. `why`: properties that replace it."""

    action: Action
    logical_id: str
    resource: Mapping[str, Any]
    before: Mapping[str, Any]
    why: str = ""

    @property
    def type(self) -> str:
        return str(self.resource["Type"])

    @property
    def kept(self) -> bool:
        """Whether what is removed or replaced stays in the account."""
        policy = "DeletionPolicy" if self.action is Action.REMOVE else "UpdateReplacePolicy"
        return self.before.get(policy) in ("Retain", "RetainExceptOnCreate")


def resource_changes(old: Resources, new: Resources, create_only: CreateOnly) -> list[ResourceChange]:
    replaced = _replaced(old, new, create_only)
    found = [ResourceChange(Action.REMOVE, key, old[key], old[key]) for key in old if key not in new]
    for key, item in new.items():
        if key not in old:
            found.append(ResourceChange(Action.ADD, key, item, {}))
        elif key in replaced:
            found.append(ResourceChange(Action.REPLACE, key, item, old[key], replaced[key]))
        elif _content(old[key]) != _content(item):
            found.append(ResourceChange(Action.UPDATE, key, item, old[key]))
    return found


def _replaced(old: Resources, new: Resources, create_only: CreateOnly) -> dict[str, str]:
    """Logical id -> why. Goes on until no more resources refer to a replaced one."""
    replaced: dict[str, str] = {}
    while True:
        more = {
            key: why
            for key in old.keys() & new.keys()
            if key not in replaced and (why := _why(old[key], new[key], create_only, replaced))
        }
        if not more:
            return replaced
        replaced |= more


def _why(old: Mapping[str, Any], new: Mapping[str, Any], create_only: CreateOnly, replaced: Mapping[str, str]) -> str:
    if old["Type"] != new["Type"]:
        return f"its type was {old['Type']}"
    before, after = old.get("Properties", {}), new.get("Properties", {})
    for path in IDENTITY.get(new["Type"]) or create_only(new["Type"]):
        was, is_now = _at(before, path), _at(after, path)
        if was != is_now:
            return f"{'.'.join(path)} changes"
        if gone := sorted(_references(is_now) & replaced.keys()):
            return f"{'.'.join(path)} refers to {gone[0]}"
    return ""


def _at(value: Any, path: tuple[str, ...]) -> Any:
    """Of a list, all of it."""
    for part in path:
        if not isinstance(value, Mapping):
            return value
        value = value.get(part)
    return value


def _references(value: Any) -> set[str]:
    text = json.dumps(value)
    return set(re.findall(r'"(?:Ref|Fn::GetAtt)": \[?"(\w+)', text)) | set(re.findall(r"\$\{(\w+)[.}]", text))


def _content(resource: Mapping[str, Any]) -> Any:
    return {key: value for key, value in resource.items() if key not in ("Metadata", "DependsOn")}
