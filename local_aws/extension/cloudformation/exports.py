"""Exports that another stack imports can be neither changed nor removed, and their names are unique in a region.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html: "you can't modify or remove
an output value that is referenced by another stack". The messages are those of
https://repost.aws/knowledge-center/cloudformation-stack-export-name-error and https://github.com/aws/aws-cdk/issues/34949.
ministack refuses the deletion of the stack only, and keeps a removed export.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks

NOTHING_DEPLOYED = ("REVIEW_IN_PROGRESS", "ROLLBACK_COMPLETE", "DELETE_COMPLETE")
Exports = dict[str, dict[str, str]]


def install() -> None:
    """Check exports where ministack resolves the outputs of a stack: what it raises there rolls the stack back."""
    resolve = stacks._resolve_stack_outputs

    def resolved(*arguments: Any) -> tuple[list[dict[str, str]], Exports]:
        outputs, exports = resolve(*arguments)
        stack_name, stack_id = arguments[-2:]
        _check(stack_name, stack_id, exports)
        for name in _held_by(stack_id).keys() - exports.keys():
            cloudformation._exports.pop(name, None)
        return outputs, exports

    stacks._resolve_stack_outputs = resolved


def _check(stack_name: str, stack_id: str, exports: Exports) -> None:
    """Raise ValueError with CloudFormation's reason unless the stack may export `exports` from now on."""
    for name in exports:
        held = cloudformation._exports.get(name)
        if held and held["StackId"] != stack_id:
            owner = held["StackId"].split("/")[1]
            raise ValueError(f"Export with name {name} is already exported by stack {owner}.")
    for name, held in _held_by(stack_id).items():
        if name in exports and exports[name]["Value"] == held["Value"]:
            continue
        if importers := _importers(name, stack_name):
            refused = f"Export {name} cannot be updated" if name in exports else f"Cannot delete export {name}"
            raise ValueError(f"{refused} as it is in use by {', '.join(importers)}.")


def _held_by(stack_id: str) -> Exports:
    return {name: held for name, held in cloudformation._exports.items() if held["StackId"] == stack_id}


def _importers(export: str, exporter: str) -> list[str]:
    return sorted(
        name
        for name, stack in cloudformation._stacks.items()
        if name != exporter
        and stack.get("StackStatus") not in NOTHING_DEPLOYED
        and export in handlers._imported_export_names(stack, name)
    )
