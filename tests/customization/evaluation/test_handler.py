"""The handler: each action reaches its step, and a stopped execution leaves no token."""

import json
import time
from typing import Any

import boto3
import pytest

from bedrock_constructs.lambda_functions.sources import source_files
from customization import invocation
from customization.handlers import evaluate
from customization.promotion_targets.target import PromotionBusyError
from kit_contract.errors import InputError
from kit_contract.evaluation_jobs import ROLE_VARIABLE
from kit_contract.evaluations import Threshold
from kit_contract.promotion_checks import PromotionChecks
from tests.customization.aws import MODEL_ARN, a_run
from tests.customization.evaluation.account import Account, settings
from tests.customization.evaluation.job_account import EVALUATOR, ROLE, JobAccount

RUN = a_run(evaluation=settings()).to_json()
CANDIDATE, APPROVAL = "sup-support-candidate", "runs/support/0123456789abcdef/approval.json"


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch) -> Account:
    found = Account()
    monkeypatch.setattr(invocation, "client", found.client)
    monkeypatch.setattr(boto3.Session, "client", lambda _, service, **__: found.client(service))
    return found


def call(action: str, **more: Any) -> Any:
    return evaluate.handler({"action": action, "run": RUN, "custom_model_arn": MODEL_ARN} | more, None)


def ended(run: dict[str, Any] = RUN) -> Any:
    return evaluate.handler({"detail": {"status": "ABORTED", "input": json.dumps(run)}}, None)


def test_the_steps_of_an_evaluation(account: Account) -> None:
    account.deploy(CANDIDATE, MODEL_ARN)
    prepared = call("prepare")
    assert call("ask", prepared=prepared)["done"]
    assert call("score", prepared=prepared)["decision"] == "promote"
    assert call("end") == {"gone": False}
    assert call("end") == {"gone": True}
    assert call("request_approval", task_token="t")["ends_at"]
    answer = {"decision": "keep", "by": "nobody", "reason": "late"}
    assert call("conclude", answer=answer)["decision"] == "keep"


def test_a_promotion_with_a_candidate_does_not_meet_the_one_that_goes(
    account: Account, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Bedrock deletes a deployment in some time: BeginPromotion would take it for its own, and ask one that is gone."""
    account.deploy(CANDIDATE, MODEL_ARN)
    waited: list[float] = []
    monkeypatch.setattr(time, "sleep", waited.append)
    account.deleting_looks = 2
    run = a_run(evaluation=settings(), promotion=PromotionChecks(smoke_prompts=("Hello",))).to_json()

    assert call("end", run=run) == {"gone": True}
    assert len(waited) == 3
    assert len(account.asked("DeleteCustomModelDeployment")) == 1

    account.deploy(CANDIDATE, MODEL_ARN)
    account.deleting_looks = 100
    with pytest.raises(PromotionBusyError):
        call("end", run=run)
    assert call("end") == {"gone": False}


def test_an_unknown_action_is_refused(account: Account) -> None:
    with pytest.raises(InputError, match="deploy the kit again"):
        call("dance")


def test_nobody_can_approve_for_a_stopped_execution(account: Account) -> None:
    call("request_approval", task_token="t")
    account.deploy(CANDIDATE, MODEL_ARN)

    assert ended() == {"forgotten": True}
    assert APPROVAL not in account.objects
    assert account.deployments[CANDIDATE]["found"]["status"] == "Active"  # it may have a canary
    assert ended() == {"forgotten": True}


def test_a_stopped_execution_stops_its_evaluation_jobs(monkeypatch: pytest.MonkeyPatch) -> None:
    account = JobAccount()
    monkeypatch.setattr(invocation, "client", account.client)
    monkeypatch.setattr(boto3.Session, "client", lambda _, service, **__: account.client(service))
    monkeypatch.setenv(ROLE_VARIABLE, ROLE)
    account.deploy(CANDIDATE, MODEL_ARN)
    judged = settings(metrics={"correctness": Threshold(0.5)}, evaluator_model=EVALUATOR)
    run = a_run(evaluation=judged).to_json()
    prepared = call("prepare", run=run)
    call("ask", run=run, prepared=prepared)

    assert call("judge", run=run, prepared=prepared) == {"done": False}
    assert account.asked("CreateEvaluationJob")[0]["roleArn"] == ROLE
    ended(run)
    assert [job["status"] for job in account.jobs] == ["Stopped", "Stopped"]

    call("request_approval", task_token="t", run=run)
    monkeypatch.setattr(evaluate, "stop_jobs", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        ended(run)
    assert APPROVAL not in account.objects


def test_the_token_of_the_next_attempt_stays(account: Account) -> None:
    """The event of the first one may be late."""
    run = {**RUN, "execution_name": f"{RUN['execution_name']}-2"}
    call("request_approval", task_token="t", run=run)

    ended()

    assert APPROVAL in account.objects


def test_a_run_without_an_evaluation_has_nothing_to_leave(account: Account) -> None:
    assert ended(a_run().to_json()) == {"forgotten": False}
    assert account.calls == []


def test_no_log_line_has_a_record(account: Account, capsys: pytest.CaptureFixture[str]) -> None:
    account.deploy(CANDIDATE, MODEL_ARN)
    prepared = call("prepare")
    call("ask", prepared=prepared)
    call("score", prepared=prepared)

    assert "Answer 1" not in capsys.readouterr().err


def test_the_zip_holds_the_evaluation_and_not_the_checker() -> None:
    files = set(source_files("customization.handlers.evaluate"))

    assert "customization/evaluation/verdict.py" in files
    assert not [name for name in files if name.startswith("training_data/checking/")]
