"""A run whose model is evaluated: a verdict is not asked for again, and a deploy waits for no evaluation."""

import pytest

from customization import start_run
from customization.evaluation_gate import Gate, GateResult
from kit_contract.evaluations import KEPT
from tests.customization.aws import KEY, OTHER_MODEL_ARN
from tests.customization.starting import RUN, Starting


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> GateResult:
    evaluated = GateResult(request.param, "token_f1 at least 0.5: failed")
    monkeypatch.setattr(start_run, "gate_result", lambda *_, **__: evaluated)
    return evaluated


def another_serves(*attempts: str) -> Starting:
    return Starting().with_data().with_attempts(*attempts).with_model().with_deployment(OTHER_MODEL_ARN)


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("gate", [Gate.CLOSED], indirect=True)
def test_a_model_that_lost_is_not_started_again_and_the_reason_is_told() -> None:
    starting = another_serves("SUCCEEDED")

    result = starting.starter.start("support", KEY)

    assert (result["started"], result["reason"]) == (False, f"{KEPT}token_f1 at least 0.5: failed")
    assert result.get("promotes") is False
    starting.all_called()


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("gate", [Gate.UNDECIDED], indirect=True)
def test_an_evaluation_is_started_and_not_waited_for() -> None:
    starting = another_serves("FAILED").held_back().with_start(f"support-{RUN}-2")

    result = starting.starter.start("support", KEY)

    assert (result["started"], result.get("promotes")) == (True, False)
    starting.all_called()


@pytest.mark.usefixtures("gate")
@pytest.mark.parametrize("gate", [Gate.UNDECIDED], indirect=True)
def test_a_run_that_waits_for_a_person_is_not_waited_for() -> None:
    starting = Starting().with_data().with_attempts("RUNNING").with_model()

    result = starting.starter.start("support", KEY)

    assert (result["started"], result.get("promotes")) == (False, False)
    starting.all_called()


@pytest.mark.parametrize("key", ["data/support/evaluation/0123.jsonl", "data/support/validation/0123.jsonl"])
def test_held_out_records_start_no_run(key: str) -> None:
    assert not start_run.starts_a_run(key)
