"""The template of a deleted stack is found by the stack's id only: ministack finds it by its name, too.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_GetTemplate.html
"""

from typing import Any

from ministack.services.cloudformation import handlers


def install() -> None:
    behind = handlers._ACTION_HANDLERS["GetTemplate"]

    def get_template(params: Any) -> Any:
        name = handlers._p(params, "StackName")
        stack = handlers._resolve_stack(name) if name else None
        if stack and stack["StackStatus"] == "DELETE_COMPLETE" and stack["StackId"] != name:
            return handlers._error("ValidationError", f"Stack with id {name} does not exist")
        return behind(params)

    handlers._ACTION_HANDLERS["GetTemplate"] = get_template
