"""The machine that runs workflows decides as GitHub does: needs, conditions, approvals, a step that fails."""

import os
from pathlib import Path

import pytest

from tests.pipelines.expressions import evaluate, filled
from tests.pipelines.runner import FAILURE, SKIPPED, SUCCESS, WAITING, Job, Machine

CONTEXT = {
    "github": {"ref": "refs/heads/main", "event": {"number": 7}},
    "matrix": {"role": "ROLE"},
    "vars": {"ROLE": "arn"},
    "status": {"cancelled": False, "success": True},
    "needs": {"drift": {"result": "failure"}},
}
WORKFLOW = """
on: push
env: {PLACE: workflow}
jobs:
  after:
    needs: [first, second]
    steps:
      - {name: after, run: "true"}
  always:
    needs: first
    if: ${{ !cancelled() && needs.first.result != 'skipped' }}
    steps:
      - {name: always, run: 'echo "$PLACE"'}
  first:
    steps:
      - {name: passes, run: echo passes}
      - name: fails
        env: {PLACE: step}
        run: |
          echo "$PLACE"
          false
          echo never
      - {name: never, run: "true"}
  second:
    strategy: {matrix: {include: [{name: a}, {name: b}]}}
    steps:
      - {name: second, env: {NAME: "${{ matrix.name }}"}, run: 'echo "$NAME"'}
  prod:
    needs: second
    environment: prod
    steps:
      - {name: prod, run: "true"}
"""


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("github.ref == 'refs/heads/main'", True),
        ("vars[matrix.role]", "arn"),
        ("!cancelled() && needs.drift.result != 'skipped'", True),
        ("success() && github.event.number == 8", False),
        ("github.event.absent", None),
    ],
)
def test_an_expression_is_evaluated(text: str, value: object) -> None:
    assert evaluate(text, CONTEXT) == value


def test_text_is_filled_and_an_unknown_context_is_an_error() -> None:
    assert filled("pull-${{ github.event.number }}-${{ vars.absent }}", CONTEXT) == "pull-7-"
    with pytest.raises(ValueError, match="unknown context secrets"):
        evaluate("secrets.KEY", CONTEXT)


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    (tmp_path / "workflow.yml").write_text(WORKFLOW, encoding="utf-8")
    return Machine(tmp_path, tmp_path / "jobs", {"PATH": os.environ["PATH"]}, {}, lambda role, token: {})


def test_a_step_that_fails_ends_its_job_and_what_needs_it(machine: Machine) -> None:
    found = machine.run(machine.project / "workflow.yml", {"github": {}})

    assert {name: job.result for name, job in found.items()} == {
        **{"first": FAILURE, "second": SUCCESS, "always": SUCCESS, "after": SKIPPED, "prod": WAITING}
    }
    assert (found["first"].ran, found["first"].failed) == (["passes", "fails"], "fails: exit code 1")
    assert found["first"].output == "passes\nstep\n"
    assert found["second"].output == "a\nb\n"
    assert found["always"].output == "workflow\n"


def test_an_approved_job_runs_and_what_succeeded_is_not_run_again(machine: Machine) -> None:
    earlier = {"second": Job(SUCCESS, output="earlier"), "first": Job(FAILURE)}
    found = machine.run(machine.project / "workflow.yml", {"github": {}}, approved=("prod",), earlier=earlier)

    assert found["prod"].result == SUCCESS
    assert found["second"].output == "earlier"
    assert found["first"].ran == ["passes", "fails"]
