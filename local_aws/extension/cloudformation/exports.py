"""An export that another stack imports can be neither changed nor removed: the update fails and is rolled back.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-cfn-stack-exports.html
ministack checks this for the deletion of a stack only.
"""

from typing import Any

from ministack.services import cloudformation
from ministack.services.cloudformation import handlers, stacks


def install() -> None:
    """Wrap the step of a deployment that resolves outputs, which is where AWS refuses."""
    resolve = stacks._resolve_stack_outputs

    def resolving(*arguments: Any) -> Any:
        outputs, exports = resolve(*arguments)
        refuse_changes(str(arguments[-1]), exports)
        return outputs, exports

    stacks._resolve_stack_outputs = resolving


def refuse_changes(stack_id: str, exports: dict[str, dict[str, str]]) -> None:
    """Raise ValueError if the stack's new `exports` change or lack one that another stack imports."""
    for name, export in cloudformation._exports.items():
        if export["StackId"] != stack_id:
            continue
        changed = name in exports and exports[name]["Value"] != export["Value"]
        if (changed or name not in exports) and (importer := _importer(name)):
            verb = "updated" if changed else "deleted"
            raise ValueError(f"Export {name} cannot be {verb} as it is in use by {importer}")


def _importer(export: str) -> str | None:
    for name, stack in cloudformation._stacks.items():
        gone = stack.get("StackStatus", "") in ("DELETE_COMPLETE", "REVIEW_IN_PROGRESS")
        if not gone and export in handlers._imported_export_names(stack, name):
            return str(name)
    return None
