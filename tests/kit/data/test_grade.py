"""`kit data grade`: a grader that fails, or that tells nothing apart, is known before a job is paid for."""

import json
from pathlib import Path

import pytest

from kit.__main__ import main
from kit.data.grade import GraderError, load_handler
from tests.deployment_file import PROJECT

DOSES, GRADERS = PROJECT / "examples" / "methods" / "doses.jsonl", PROJECT / "examples" / "graders"


def graded(folder: Path, code: str, *more: str) -> int:
    (folder / "lambda_function.py").write_text(code, encoding="utf-8")
    return main(["data", "grade", str(DOSES), "--grader", str(folder), *more])


def test_a_good_grader_tells_right_answers_from_empty_ones(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["data", "grade", str(DOSES), "--grader", str(GRADERS / "numeric_answer.py")]) == 0
    assert capsys.readouterr().out == (
        "doses.jsonl: 100 records, mean score of right answers 1.00, of empty answers 0.00\n"
    )


def test_a_grader_that_tells_nothing_apart_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    code = "def lambda_handler(samples, context):\n"
    code += "    return [{'id': sample['id'], 'aggregate_reward_score': 0.5} for sample in samples]\n"

    assert graded(tmp_path, code) == 1
    assert "  100 get no more for reference_answer than for an empty answer: records 1, 2, 3, 4, 5, ...\n" in (
        capsys.readouterr().out
    )


@pytest.mark.parametrize(
    ("code", "more", "message"),
    [
        ("def lambda_handler(samples, context): raise KeyError('answer')", (), "the grader fails: KeyError: 'answer'"),
        ("def lambda_handler(samples, context): return {'score': 1}", (), "must return a list of id and aggregate_rew"),
        ("def lambda_handler(samples, context): return []", (), "gives no score for record 1; return one for each id"),
        (
            "def lambda_handler(samples, context):\n"
            "    return [{'id': sample['id'], 'aggregate_reward_score': float('nan')} for sample in samples]",
            (),
            "a score must be a number, got nan; keep scores between 0 and 1",
        ),
        ("import no_such_module", (), "cannot be imported: ModuleNotFoundError"),
        ("score = 1", (), "defines no function lambda_handler; define it, or name another --handler"),
        ("", ("--handler", "other.score"), "other.py does not exist; name the grader's file or folder"),
    ],
)
def test_a_grader_that_would_fail_the_job_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], code: str, more: tuple[str, ...], message: str
) -> None:
    assert graded(tmp_path, code, *more) == 2
    assert message in capsys.readouterr().err


def test_records_without_messages_are_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "pairs.jsonl"
    file.write_text(json.dumps({"prompt": "a", "response": "b"}) + "\n", encoding="utf-8")

    assert main(["data", "grade", str(file), "--grader", str(GRADERS / "json_answer.py")]) == 2
    assert "pairs.jsonl:1: has no messages; run kit data convert first" in capsys.readouterr().err


def test_a_grader_that_is_not_there_is_named_as_it_was_given(tmp_path: Path) -> None:
    with pytest.raises(GraderError, match=r"/absent\.py does not exist; name the grader"):
        load_handler(tmp_path / "absent.py", None)
