"""The edge: which event reaches which step, and one log line an invocation that holds no record and no key of ours."""

import json
from typing import Any

import pytest

from customization import handler
from tests.customization.aws import BUCKET, KEY, MACHINE, MODEL_ARN, RUN_ID, a_run


class Starter:
    """Stands for RunStarter: answers with what it was asked."""

    def __init__(self, **given: Any) -> None:
        self.given = given

    def start(self, customization: str, key: str) -> dict[str, Any]:
        if key.endswith("broken.jsonl"):
            raise ValueError("the record says: my secret")
        return {"started": True, "asked": [customization, key], "machine": self.given["state_machine_arn"]}

    def stop(self, customization: str) -> dict[str, Any]:
        return {"stopped": 1, "asked": customization}


class PromotionSteps:
    def __init__(self, **_: Any) -> None: ...

    def promote(self, run: dict[str, Any], model_arn: str) -> dict[str, str]:
        return {"step": "promote", "model": model_arn}

    def status(self, run: dict[str, Any], model_arn: str) -> dict[str, str]:
        return {"step": "status", "model": model_arn}

    def publish(self, run: dict[str, Any], model_arn: str, target_arn: str, *, now: str) -> dict[str, str]:
        return {"step": "publish", "target": target_arn}


@pytest.fixture(autouse=True)
def _edge(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KIT_DEPLOYMENT", "sup")
    monkeypatch.setenv("STATE_MACHINE_ARN", MACHINE)
    monkeypatch.setattr(handler, "_client", lambda service: service)
    monkeypatch.setattr(handler, "RunStarter", Starter)
    monkeypatch.setattr(handler, "Promotion", PromotionSteps)


def uploaded(key: str) -> dict[str, Any]:
    return {
        "source": "aws.s3",
        "detail-type": "Object Created",
        "detail": {"bucket": {"name": BUCKET}, "object": {"key": key, "size": 10}},
    }


def logged(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    (line,) = capsys.readouterr().err.splitlines()
    parsed: dict[str, Any] = json.loads(line)
    return parsed


def test_a_failure_is_raised_and_logged_without_its_text(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="my secret"):
        handler.start_run(uploaded("data/support/broken.jsonl"), None)

    line = logged(capsys)
    assert (line["step"], line["outcome"], line["error"]) == ("start_run", "failed", "ValueError")
    assert "secret" not in json.dumps(line)


def test_an_unknown_action_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ValueError, match="action must be promote, status or publish, got 'delete'"):
        handler.promote({"action": "delete", "run": a_run(), "custom_model_arn": MODEL_ARN}, None)
    assert logged(capsys)["outcome"] == "failed"


@pytest.mark.parametrize("key", ["data/support/", "data/support/notes.txt", "data/support/validation/1.jsonl"])
def test_what_lies_beside_the_data_starts_nothing(key: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert handler.start_run(uploaded(key), None)["started"] is False
    assert logged(capsys)["outcome"] == "ok"


def test_an_upload_starts_a_run_of_its_folder(capsys: pytest.CaptureFixture[str]) -> None:
    answer = handler.start_run(uploaded(KEY), None)

    assert (answer["asked"], answer["machine"]) == (["support", KEY], MACHINE)
    assert logged(capsys)["started"] is True


def test_a_deploy_starts_a_run(capsys: pytest.CaptureFixture[str]) -> None:
    assert handler.start_run({"customization": "support", "key": KEY}, None)["asked"] == ["support", KEY]
    assert logged(capsys)["step"] == "start_run"


def test_a_removal_stops_runs(capsys: pytest.CaptureFixture[str]) -> None:
    assert handler.start_run({"customization": "support", "stop": True}, None) == {"stopped": 1, "asked": "support"}
    assert logged(capsys)["stopped"] == 1


@pytest.mark.parametrize("action", ["promote", "status", "publish"])
def test_one_function_takes_the_three_steps_of_promotion(action: str, capsys: pytest.CaptureFixture[str]) -> None:
    event = {"action": action, "run": a_run(), "custom_model_arn": MODEL_ARN, "target_arn": "the-target"}

    assert handler.promote(event, None)["step"] == action
    assert logged(capsys)["run_id"] == RUN_ID


def test_check_and_metrics_get_their_part_of_the_event(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("customization.check_data.check_data", lambda run, **given: {"of": run["run_id"], **given})
    monkeypatch.setattr("customization.training_metrics.record_metrics", lambda run, model, **given: {"model": model})

    checked = handler.check_data(a_run(), None)
    capsys.readouterr()
    recorded = handler.record_metrics({"run": a_run(), "custom_model_arn": MODEL_ARN}, None)

    assert (checked["of"], checked["bedrock"], checked["s3"]) == (RUN_ID, "bedrock", "s3")
    assert len(checked["timestamp"]) == 14
    assert recorded == {"model": MODEL_ARN}
    assert logged(capsys)["step"] == "record_metrics"
