"""Errors of the framework, and the error code of an AWS call."""

from kit_contract.errors import KitError


class SupersededError(KitError):
    """When CloudFormation has sent a newer request for the resource. It ignores the answer to this one."""


class NotInEffectError(KitError):
    """When AWS does not see a role or policy yet that was just created. The retry policy knows it by its name."""


class OutOfTimeError(BaseException):
    """When the invocation must hand over to the next one.

    Not an Exception: a resource that catches errors of its calls must not catch this one.
    """


def error_code(error: BaseException) -> str:
    """The AWS error code of a boto3 ClientError; empty for every other error."""
    response = getattr(error, "response", None)
    return str(response.get("Error", {}).get("Code", "")) if isinstance(response, dict) else ""
