"""`kit runs approve`: the report, the question, and the answer that the waiting execution gets."""

import argparse
import io
import json
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

from kit.runs import approve
from kit.runs.deployed import Deployed
from kit.runs.recorded_run import RecordedRun
from kit_contract.errors import InputError

RUN = RecordedRun("support", "0123456789abcdef")
PREFIX = "runs/support/0123456789abcdef/"
WAITING = {"execution": "support-0123456789abcdef", "ends_at": "2026-11-30T12:00:00+00:00", "task_token": "a-token"}
CALLER = "arn:aws:iam::111122223333:user/ada"


class Aws:
    """The clients of S3, STS and Step Functions that the command uses."""

    def __init__(self, *, waits: bool = True, ended: str = "") -> None:
        self.objects = {f"{PREFIX}evaluation.md": "# Evaluation\n"}
        if waits:
            self.objects[f"{PREFIX}approval.json"] = json.dumps(WAITING)
        self.ended, self.sent = ended, list[dict[str, Any]]()

    def list_objects_v2(self, **given: Any) -> dict[str, Any]:
        return {"Contents": [{"Key": key} for key in self.objects if key.startswith(given["Prefix"])]}

    def get_object(self, **given: Any) -> dict[str, Any]:
        content = self.objects[given["Key"]].encode()
        return {"Body": StreamingBody(io.BytesIO(content), len(content))}

    def get_caller_identity(self) -> dict[str, str]:
        return {"Arn": CALLER}

    def send_task_success(self, **given: Any) -> None:
        if self.ended:
            raise ClientError({"Error": {"Code": self.ended, "Message": "no"}}, "SendTaskSuccess")
        self.sent.append(given)


def decide(aws: Aws, monkeypatch: pytest.MonkeyPatch, **changes: Any) -> int:
    deployed = Deployed("sup", "us-east-1", {"TrainingBucket": "the-bucket"}, lambda _: aws)
    monkeypatch.setattr(approve, "chosen_run", lambda _: (deployed, RUN))
    options = {"json": False, "yes": True, "reject": False, "reason": "", "run_name": "support"}
    return approve.run(argparse.Namespace(**{**options, **changes}))


def answer(aws: Aws) -> Any:
    (sent,) = aws.sent
    assert sent["taskToken"] == "a-token"
    return json.loads(sent["output"])


def test_an_approval_names_who_gave_it(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    aws = Aws()

    assert decide(aws, monkeypatch, reason="reads well") == 0
    assert answer(aws) == {"decision": "promote", "by": CALLER, "reason": "reads well"}
    shown = capsys.readouterr().out
    assert "# Evaluation" in shown
    assert "is being promoted; kit runs watch 0123456789abcdef follows it" in shown
    assert "a-token" not in shown


def test_a_rejection_keeps_what_serves(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    aws = Aws()

    assert decide(aws, monkeypatch, reject=True, json=True) == 0
    assert answer(aws)["decision"] == "keep"
    assert json.loads(capsys.readouterr().out)["decision"] == "keep"


def test_a_run_that_waits_for_nobody_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(InputError, match="run 0123456789abcdef of support waits for nobody"):
        decide(Aws(waits=False), monkeypatch)


@pytest.mark.parametrize("code", approve.ENDED)
def test_an_execution_that_does_not_wait_any_more_says_what_to_do(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    with pytest.raises(InputError, match="does not wait any more"):
        decide(Aws(ended=code), monkeypatch)


def test_any_other_error_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ClientError, match="AccessDenied"):
        decide(Aws(ended="AccessDeniedException"), monkeypatch)


def test_without_a_terminal_nothing_is_decided_by_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    aws = Aws()

    with pytest.raises(InputError, match="add --yes"):
        decide(aws, monkeypatch, yes=False)
    assert aws.sent == []
