"""The example graders: what they score, and that they keep to the form that Bedrock documents."""

import json
import runpy
from pathlib import Path
from typing import Any

import pytest

GRADERS = Path(__file__).resolve().parents[2] / "examples" / "graders"
SCHEMA = {
    "type": "object",
    "required": ["part"],
    "properties": {"part": {"enum": ["hose", "filter"]}, "count": {"type": "integer"}},
    "additionalProperties": False,
}


def graded(grader: str, response: Any, **record: Any) -> dict[str, Any]:
    """The result for one sample, as AWS's guide shows it: the record's other keys are its metadata."""
    turns = [{"role": "user", "content": "?"}, {"role": "assistant", "content": response}]
    handler = runpy.run_path(str(GRADERS / grader))["lambda_handler"]
    (result,) = handler([{"id": "123", "messages": turns, "metadata": record}], None)
    assert json.loads(json.dumps(result)) == result
    assert set(result) == {"id", "aggregate_reward_score", "metrics_list"}
    assert {tuple(item) for item in result["metrics_list"]} == {("name", "value", "type")}
    found: dict[str, Any] = result
    return found


@pytest.mark.parametrize(
    ("response", "reference", "score"),
    [
        ("3 + 4 = 7", 7, 1.0),
        ("#### 1,200", {"final_answer": "1200"}, 1.0),
        ("It is 7.50", "7.5", 1.0),
        ("-3", 3, 0.1),
        ("7, no: 8", 7, 0.1),
        ("I do not know", 7, 0.0),
        ("", 7, 0.0),
        ("Thinking ...\nThe Hose!", "the hose", 1.0),
        ("the hose or the filter", "the hose", 0.0),
        ([{"text": "so "}, {"text": "7"}], 7, 1.0),
    ],
)
def test_a_number_is_right_if_it_is_the_last_one(response: Any, reference: Any, score: float) -> None:
    result = graded("numeric_answer.py", response, reference_answer=reference)

    assert (result["id"], result["aggregate_reward_score"]) == ("123", score)
    assert result["metrics_list"][0]["value"] == float(score == 1)


@pytest.mark.parametrize(
    ("response", "score"),
    [
        ('{"part": "hose", "count": 2}', 1.0),
        ('```json\n{"count": 2, "part": "hose"}\n```', 1.0),
        ('{"part": "filter"}', 0.5),
        ('{"part": "lid"}', 0.0),
        ('{"count": 2}', 0.0),
        ('{"part": "hose", "count": true}', 0.0),
        ('{"part": "hose", "count": 2.5}', 0.0),
        ('{"part": "hose", "color": "red"}', 0.0),
        ('Here it is: {"part": "hose", "count": 2}', 0.0),
        ("[]", 0.0),
    ],
)
def test_json_that_fits_gets_half_and_the_right_one_all(response: str, score: float) -> None:
    record = {"reference_answer": {"part": "hose", "count": 2}, "schema": SCHEMA}

    assert graded("json_answer.py", response, **record)["aggregate_reward_score"] == score


def test_the_reference_may_be_text_and_the_schema_missing() -> None:
    assert graded("json_answer.py", '{"a": [1]}', reference_answer='{"a": [1]}')["aggregate_reward_score"] == 1.0
    assert graded("json_answer.py", '{"a": [1]}')["aggregate_reward_score"] == 0.5
    assert graded("json_answer.py", "[1]")["aggregate_reward_score"] == 0.0


def test_a_record_that_sagemaker_passes_is_scored_too() -> None:
    handler = runpy.run_path(str(GRADERS / "numeric_answer.py"))["lambda_handler"]
    sample = {"id": "1", "messages": [{"role": "assistant", "content": "7"}], "reference_answer": "7"}

    assert handler([sample], None)[0]["aggregate_reward_score"] == 1.0
