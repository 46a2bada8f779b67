"""One question to one model: what is waited for, what is an answer, and what ends the evaluation."""

from typing import Any

import pytest
from botocore.exceptions import ClientError

from customization.evaluation.converse import ATTEMPTS, LONGEST_PAUSE, Asker, EvaluationThrottledError
from customization.unreachable import ModelUnreachableError
from tests.customization.evaluation.account import Account, Refusal

TURN = [{"role": "user", "content": [{"text": "Hello?"}]}]
SYSTEM = [{"text": "Be brief."}]


class Line:
    """A model that refuses with each of `codes` in turn, then answers."""

    def __init__(self, *codes: str, message: str = "no") -> None:
        self.account, self.pauses = Account(), list[float]()
        self._codes, self._message = list(codes), message
        self.account.says = self._says
        self.asker = Asker(self.account.client("bedrock-runtime").converse, pause=self.pauses.append)

    def ask(self, system: Any = ()) -> Any:
        return self.asker.ask("a-model", TURN, list(system), max_tokens=64)

    def _says(self, model: str, question: str) -> str:
        if self._codes:
            raise Refusal(self._codes.pop(0), self._message)
        return "Yes"


def test_the_request_is_the_same_each_time() -> None:
    line = Line()
    answer = line.ask(SYSTEM)

    assert (answer.text, answer.input_tokens, answer.output_tokens, answer.error) == ("Yes", 10, 5, "")
    (given,) = line.account.asked("Converse")
    assert given["inferenceConfig"] == {"maxTokens": 64, "temperature": 0.0}
    assert given["system"] == SYSTEM


@pytest.mark.parametrize("code", ["ThrottlingException", "ModelNotReadyException", "InternalServerException"])
def test_a_busy_model_is_asked_again_after_a_pause(code: str) -> None:
    line = Line(code, code)

    assert line.ask().text == "Yes"
    assert len(line.pauses) == 2
    assert all(0 <= pause <= LONGEST_PAUSE for pause in line.pauses)


def test_a_model_that_stays_busy_is_left_to_the_workflow() -> None:
    with pytest.raises(EvaluationThrottledError, match="a-model was busy 6 times"):
        Line(*["ThrottlingException"] * ATTEMPTS).ask()


@pytest.mark.parametrize("code", ["ValidationException", "ModelErrorException"])
def test_a_refused_question_is_an_answer(code: str) -> None:
    answer = Line(code, message="The input is too long").ask()

    assert (answer.text, answer.error) == ("", f"{code}: The input is too long")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("AccessDeniedException", "You have no access"),
        ("ResourceNotFoundException", "Could not resolve the foundation model"),
        ("ValidationException", "The provided model identifier is invalid."),
        ("ValidationException", "Operation not allowed"),
    ],
)
def test_a_model_that_cannot_be_asked_ends_the_evaluation(code: str, message: str) -> None:
    with pytest.raises(ModelUnreachableError, match="a-model cannot be asked: "):
        Line(code, message=message).ask()


def test_an_unknown_error_is_not_hidden() -> None:
    with pytest.raises(ClientError, match="ServiceQuotaExceededException"):
        Line("ServiceQuotaExceededException").ask()
