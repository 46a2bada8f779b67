"""Smoke prompts: the candidate must answer each of them before any caller gets its model."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from customization.unreachable import ModelUnreachableError
from kit_contract.aws_errors import code_of, message_of
from kit_contract.errors import ResourceFailedError
from kit_contract.model_errors import is_of_the_model, reached_no_model

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    # The method `converse` of boto3's client for Bedrock's runtime, whose type stubs the kit does not install.
    Converse = Callable[..., Mapping[str, Any]]

MAX_TOKENS = 512
UNREACHED = "the model was not tried; look at the deployment and at the policies of this account, then deploy again"


class SmokeTestError(ResourceFailedError):
    """When the model gives no answer to a smoke prompt. The message quotes neither prompt nor answer."""


def smoke_test(converse: "Converse", target_arn: str, prompts: Sequence[str]) -> int:
    """The number of prompts answered. Raises SmokeTestError if the model has failed, ModelUnreachableError, or boto3's
    error for what is not the model's fault.
    """
    for number, prompt in enumerate(prompts, start=1):
        which = f"smoke prompt {number} of {len(prompts)}"
        messages = [{"role": "user", "content": [{"text": prompt}]}]
        try:
            answer = converse(modelId=target_arn, messages=messages, inferenceConfig={"maxTokens": MAX_TOKENS})
        except Exception as error:
            if reached_no_model(error):
                raise ModelUnreachableError(target_arn, error, UNREACHED) from error
            if not is_of_the_model(error):
                raise
            raise SmokeTestError(f"{which}: {code_of(error)}: {message_of(error)}") from None
        if not _says_something(answer):
            raise SmokeTestError(f"{which}: the answer is empty (stop reason {answer.get('stopReason', 'unknown')})")
    return len(prompts)


def _says_something(answer: "Mapping[str, Any]") -> bool:
    return any(block.get("text", "").strip() for block in answer["output"]["message"]["content"])
