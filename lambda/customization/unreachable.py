"""A model that cannot be called at all: nothing is said about it. The workflow repeats the call for some minutes."""

from kit_contract.aws_errors import message_of
from kit_contract.errors import RetryLaterError


class ModelUnreachableError(RetryLaterError):
    """When a policy or a deployment is not in force. The workflow retries by the name of this class, then fails."""

    def __init__(self, model: str, error: BaseException, fix: str) -> None:
        super().__init__(f"{model} cannot be asked: {message_of(error) or type(error).__name__}; {fix}")
