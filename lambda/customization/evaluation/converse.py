"""One question to one model through Converse: throttling and cold starts are waited for, a refusal is an answer."""

import random
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from customization.unreachable import ModelUnreachableError
from kit_contract.aws_errors import code_of, message_of
from kit_contract.errors import ResourceFailedError, RetryLaterError
from kit_contract.model_errors import is_of_the_model, is_passing, reached_no_model

if TYPE_CHECKING:
    # boto3's client of bedrock-runtime, narrowed to the one method in use: the kit does not install its type stubs.
    Converse = Callable[..., Mapping[str, Any]]

UNREACHED = (
    "give this account access to it, or name another model in [training.customizations.NAME.evaluation]; answers so "
    "far are kept"
)
ATTEMPTS = 6
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0


class EvaluationError(ResourceFailedError):
    """When models cannot be compared. The previous model keeps serving."""


class EvaluationThrottledError(RetryLaterError):
    """When a model is too busy. The workflow retries by the name of this class; answers so far are kept."""


@dataclass(frozen=True)
class Answer:
    """`error` has Bedrock's words if the model gave no answer to this question; `text` is empty then."""

    text: str
    input_tokens: int = 0
    output_tokens: int = 0
    stop_reason: str = ""
    error: str = ""

    def to_json(self) -> dict[str, Any]:
        return {key: value for key, value in asdict(self).items() if value not in ("", 0) or key == "text"}


class Asker:
    """`pause` sleeps; `seed` decides the jitter of the pauses."""

    def __init__(self, converse: "Converse", *, pause: Callable[[float], None] = time.sleep) -> None:
        self._converse = converse
        self._pause = pause

    def ask(self, model: str, messages: list[Any], system: list[Any], *, max_tokens: int) -> Answer:
        """Raises ModelUnreachableError if the model cannot be called at all, EvaluationThrottledError if it is busy."""
        request: dict[str, Any] = {
            "modelId": model,
            "messages": messages,
            "inferenceConfig": {"maxTokens": max_tokens, "temperature": 0.0},
        }
        if system:
            request["system"] = system
        for attempt in range(ATTEMPTS):
            try:
                return _answer(self._converse(**request))
            except Exception as error:
                if not is_passing(error):
                    return _refusal(error, model)
            # Full jitter: https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/
            self._pause(random.uniform(0, min(LONGEST_PAUSE, FIRST_PAUSE * 2**attempt)))
        raise EvaluationThrottledError(f"{model} was busy {ATTEMPTS} times in a row")


def _answer(response: Mapping[str, Any]) -> Answer:
    blocks = response["output"]["message"]["content"]
    return Answer(
        text="".join(block["text"] for block in blocks if "text" in block),
        input_tokens=response["usage"]["inputTokens"],
        output_tokens=response["usage"]["outputTokens"],
        stop_reason=response["stopReason"],
    )


def _refusal(error: Exception, model: str) -> Answer:
    """Of this question. Raises ModelUnreachableError where no question would be answered, and every unknown error."""
    if reached_no_model(error):
        raise ModelUnreachableError(model, error, UNREACHED) from error
    if not is_of_the_model(error):
        raise error
    return Answer("", error=f"{code_of(error)}: {message_of(error)}"[:300])
