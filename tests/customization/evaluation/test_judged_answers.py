"""Records of evaluation jobs and their results: prompts with system and history, scores that are none."""

import json
from typing import Any

import pytest

from customization.evaluation.converse import EvaluationError
from customization.evaluation.judged_answers import Judgeable, judgeable, results_of
from training_data.held_out import Question


def question(*turns: str, system: str = "") -> Question:
    roles = ("user", "assistant")
    messages = [{"role": roles[number % 2], "content": [{"text": text}]} for number, text in enumerate(turns)]
    return Question(1, [{"text": system}] if system else [], messages, "Reference")


@pytest.mark.parametrize(
    ("asked", "prompt"),
    [
        (question("Hello?"), "Hello?"),
        (question("Hello?", system="Be kind"), "Be kind\n\nHello?"),
        (question("Hello?", "Yes?", "And now?"), "user: Hello?\n\nassistant: Yes?\n\nuser: And now?"),
    ],
)
def test_the_judge_reads_what_the_model_was_asked(asked: Question, prompt: str) -> None:
    assert judgeable(asked, {"text": "Hi"}) == Judgeable(prompt, "Reference", "Hi")


def result(score: Any, **changes: Any) -> bytes:
    found = {
        "automatedEvaluationResult": {"scores": [{"metricName": "Builtin.Correctness", "result": score}]},
        "inputRecord": {"prompt": "a", "modelResponses": [{"response": "b"}], **changes},
    }
    return json.dumps(found).encode()


def test_a_result_is_found_by_its_words() -> None:
    (scores,) = results_of([result(0.5) + b"\n\n"], ["correctness"]).values()

    assert scores == {Judgeable(" a", "", "b\n").key: 0.5}
    assert Judgeable("a", "", "b").key != Judgeable("a b", "", "").key


@pytest.mark.parametrize("score", [-0.1, 4])
def test_a_score_of_another_scale_is_refused(score: float) -> None:
    with pytest.raises(EvaluationError, match=r"Builtin\.Correctness must be from 0 to 1"):
        results_of([result(score)], ["correctness"])


def test_a_metric_that_does_not_apply_has_no_score() -> None:
    assert list(results_of([result(None)], ["correctness"])["correctness"].values()) == [None]
