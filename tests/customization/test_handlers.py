"""The handlers: which event reaches which step, and one log line without data per invocation."""

import json
from dataclasses import replace
from typing import Any

import pytest

from customization import invocation
from customization.handlers import check_data, promote, record_metrics, start_run
from customization.start_run import StartError
from kit_contract.errors import InputError
from kit_contract.run_events import NOT_SERVED
from kit_contract.runs import Run
from tests.customization.aws import BUCKET, JOB_ARN, KEY, MACHINE, MODEL_ARN, RUN_ID, a_run


class Starter:
    """Stands for RunStarter: answers with its arguments."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def start(self, customization: str, key: str, **more: Any) -> dict[str, Any]:
        if key.endswith("broken.jsonl"):
            raise ValueError("the record says: my secret")
        reason = f"{NOT_SERVED}deleted" if key.endswith("deleted.jsonl") else "attempt 1"
        answer = {"started": True, "reason": reason, "machine": self.given["state_machine_arn"]}
        return {**answer, "asked": [customization, key], "more": more}

    def follow(self, execution_arn: str) -> dict[str, Any]:
        return {"status": "RUNNING", "cause": "", "asked": execution_arn}

    def stop(self, customization: str) -> dict[str, Any]:
        return {"stopped": 1, "asked": customization}


class PromotionSteps:
    def __init__(self, **_: Any) -> None: ...

    def promote(self, run: Run, model_arn: str) -> dict[str, str]:
        return {"step": "promote", "model": model_arn}

    def status(self, run: Run, model_arn: str) -> dict[str, str]:
        return {"step": "status", "model": model_arn}

    def publish(self, run: Run, model_arn: str, target_arn: str, *, now: str, why: str) -> dict[str, str]:
        return {"step": "publish", "target": target_arn, "run": run.run_id, "why": why}


@pytest.fixture(autouse=True)
def _clients(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_DEPLOYMENT", "sup")
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    monkeypatch.setattr(invocation, "client", lambda service: service)
    monkeypatch.setattr(start_run, "RunStarter", Starter)
    monkeypatch.setattr(promote, "Promotion", PromotionSteps)


def uploaded(key: str) -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "time": "2026-11-24T00:00:00Z",
        "detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": 10}},
    }


def start(event: Any) -> Any:
    return start_run.handler(event, None)


def promoted(event: Any) -> Any:
    return promote.handler(event, None)


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().err.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_failure_is_raised_and_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="my secret"):
        start(uploaded("data/support/broken.jsonl"))

    line = logged(capsys)
    assert (line["step"], line["outcome"], line["error"]) == ("start_run", "failed", "ValueError")
    assert "secret" not in json.dumps(line)


def test_an_unknown_action_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(InputError, match="action must be promote, status or publish, got 'delete'"):
        promoted({"action": "delete", "run": a_run().to_json(), "custom_model_arn": MODEL_ARN})
    assert logged(capsys)["outcome"] == "failed"


@pytest.mark.parametrize("key", ["data/support/", "data/support/notes.txt", "data/support/validation/1.jsonl"])
def test_files_beside_the_data_start_nothing(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert start(uploaded(key))["started"] is False
    assert logged(capsys)["outcome"] == "ok"


def test_a_refusal_fails_an_upload_and_answers_a_deploy() -> None:
    """Nobody reads the answer to an event; the deploy shows it."""
    with pytest.raises(StartError, match="deleted"):
        start(uploaded("data/support/deleted.jsonl"))

    answer = start({"customization": "support", "key": "data/support/deleted.jsonl"})
    assert answer["reason"] == f"{NOT_SERVED}deleted"


def test_a_deploy_follows_a_promotion() -> None:
    assert start({"execution_arn": "arn:x"}) == {"status": "RUNNING", "cause": "", "asked": "arn:x"}


def test_an_upload_starts_a_run_of_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    answer = start(uploaded(KEY))

    assert (answer["asked"], answer["machine"]) == (["support", KEY], MACHINE)
    assert answer["more"] == {"uploaded_at": "2026-11-24T00:00:00Z"}
    assert logged(capsys)["started"] is True


def test_a_deploy_starts_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert start({"customization": "support", "key": KEY})["asked"] == ["support", KEY]
    assert logged(capsys)["step"] == "start_run"


def test_a_retry_names_its_run_and_allows_to_pay_again() -> None:
    answer = start({"customization": "support", "key": KEY, "retry": True, "run_id": "0123456789abcdef"})

    assert answer["more"] == {"retrain": False, "retry": True, "run_id": "0123456789abcdef"}


def test_a_job_of_the_api_has_settings_of_its_own() -> None:
    own = {"hyperparameters": {"epochCount": "3"}, "validation_key": ""}

    assert start({"customization": "support", "key": KEY, **own})["more"]["changes"] == own


def test_a_removal_stops_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert start({"customization": "support", "stop": True}) == {"stopped": 1, "asked": "support"}
    assert logged(capsys)["stopped"] == 1


@pytest.mark.parametrize("action", ["promote", "status", "publish"])
def test_one_function_handles_the_three_steps_of_promotion(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = {"action": action, "run": a_run().to_json(), "custom_model_arn": MODEL_ARN, "target_arn": "the-target"}

    assert promoted(event)["step"] == action
    assert logged(capsys)["run_id"] == RUN_ID


def test_a_return_publishes_the_run_that_served_before(capsys: pytest.CaptureFixture[str]) -> None:
    event = {"action": "publish", "run": a_run().to_json(), "custom_model_arn": MODEL_ARN, "target_arn": "the-target"}

    answer = promoted({**event, "run_id": "fedcba9876543210", "why": "worse"})

    assert (answer["run"], answer["why"]) == ("fedcba9876543210", "worse")


def test_a_persons_choice_reaches_the_starter(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(start_run, "choose_run", lambda request, starter, **more: {"asked": request["choose"], **more})
    choice = {"customization": "support", "choose": RUN_ID, "instead_of": [], "reason": "it is better", "checked": True}

    answer = start(choice)

    assert (answer["asked"], answer["ssm"]) == (RUN_ID, "ssm")


def test_the_check_gets_the_run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(check_data, "check_data", lambda run, **more: given.update(more, run=run) or {})

    check_data.handler(a_run().to_json(), None)

    assert len(given.pop("timestamp")) == 14
    assert given == {"run": a_run(), "bedrock": "bedrock", "s3": "s3"}
    assert logged(capsys)["step"] == "check_data"


def test_the_metrics_get_the_run_and_its_job(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(
        record_metrics, "record_metrics", lambda run, model, s3: given.update(run=run, model=model, s3=s3) or {}
    )
    state = {**a_run().to_json(), "check": {}, "model": {"custom_model_arn": MODEL_ARN, "job_arn": JOB_ARN}}

    record_metrics.handler({"run": state, "custom_model_arn": MODEL_ARN}, None)

    assert given == {"run": replace(a_run(), job_arn=JOB_ARN), "model": MODEL_ARN, "s3": "s3"}
    assert logged(capsys)["step"] == "record_metrics"
