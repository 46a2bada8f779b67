"""The outputs of a stack, by key."""

from typing import Any

from kit_contract.aws_errors import code_of, message_of


def stack_outputs(cloudformation: Any, stack: str) -> dict[str, str] | None:
    """None if there is no such stack. Raises botocore's errors."""
    try:
        found = cloudformation.describe_stacks(StackName=stack)["Stacks"][0]
    except Exception as error:
        if not is_absent_stack(error):
            raise
        return None
    return {output["OutputKey"]: str(output["OutputValue"]) for output in found.get("Outputs", [])}


def is_absent_stack(error: Exception) -> bool:
    """CloudFormation has no code of its own for it."""
    return code_of(error) == "ValidationError" and "does not exist" in message_of(error)
