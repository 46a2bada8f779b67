"""A person decides: the token beside the report, the mail, and who decided in both reports."""

import json
from datetime import UTC, datetime

from customization.evaluation.approval import conclude, forget_token, request_approval
from customization.evaluation_gate import Gate, gate_result
from kit_contract.evaluations import EvaluationSpecification
from tests.customization.aws import MODEL_ARN, a_run
from tests.customization.evaluation.account import SERVING, Account, settings

PREFIX = "runs/support/0123456789abcdef/"
NOW = datetime(2026, 11, 27, 12, tzinfo=UTC)
TOPIC = "arn:aws:sns:us-east-1:111122223333:Approvals"
WAITING = json.dumps({"execution": "support-0123456789abcdef"}).encode()
REPORT = {
    "decision": "approve",
    "reason": "unclear",
    "custom_model_arn": MODEL_ARN,
    "settings_hash": settings().settings_hash,
    "baseline": {"model": "amazon.nova-micro-v1:0"},
}


def evaluated(**changes: object) -> Account:
    account = Account()
    account.objects[f"{PREFIX}evaluation.json"] = json.dumps(REPORT | changes).encode()
    account.objects[f"{PREFIX}evaluation.md"] = b"# Evaluation\n"
    return account


def test_the_token_lies_beside_the_report_and_the_topic_gets_the_report() -> None:
    account, run = evaluated(), a_run(evaluation=settings(topic_arn=TOPIC, approval_seconds=3600))

    answer = request_approval(run, "a-token", s3=account.client("s3"), publish=account.client("sns").publish, now=NOW)

    assert answer == {"ends_at": "2026-11-27T13:00:00+00:00"}
    approval = json.loads(account.objects[f"{PREFIX}approval.json"])
    assert (approval["task_token"], approval["ends_at"]) == ("a-token", "2026-11-27T13:00:00+00:00")
    (mail,) = account.asked("Publish")
    assert mail["TopicArn"] == TOPIC
    assert "# Evaluation" in mail["Message"]
    assert "kit runs approve 0123456789abcdef --reject" in mail["Message"]
    assert "a-token" not in mail["Message"]


def test_without_a_topic_nobody_is_mailed() -> None:
    account = evaluated()
    request_approval(
        a_run(evaluation=settings()), "t", s3=account.client("s3"), publish=account.client("sns").publish, now=NOW
    )

    assert account.asked("Publish") == []


def test_the_reports_say_who_decided() -> None:
    account, run = evaluated(), a_run(evaluation=settings())
    account.objects[f"{PREFIX}approval.json"] = WAITING

    verdict = conclude(
        run, {"decision": "promote", "by": "arn:aws:iam::1:user/ada", "reason": "Looks right"}, s3=account.client("s3")
    )

    assert verdict["decision"] == "promote"
    report = json.loads(account.objects[f"{PREFIX}evaluation.json"])
    assert (report["decision"], report["decided_by"]) == ("promote", "arn:aws:iam::1:user/ada")
    assert report["reason"] == "Looks right (the thresholds: unclear)"
    assert b"Decided by arn:aws:iam::1:user/ada: promote" in account.objects[f"{PREFIX}evaluation.md"]
    assert f"{PREFIX}approval.json" not in account.objects


def test_a_stopped_run_forgets_its_token() -> None:
    account = evaluated()
    account.objects[f"{PREFIX}approval.json"] = WAITING
    forget_token(a_run(evaluation=settings()), account.client("s3"))

    assert f"{PREFIX}approval.json" not in account.objects


USUAL = settings()


def gate(account: Account, using: EvaluationSpecification | None = USUAL, model: str | None = MODEL_ARN) -> Gate:
    clients = {name: account.client(name) for name in ("s3", "ssm", "bedrock")}
    return gate_result(a_run(evaluation=using), model, **clients).gate


def test_what_a_verdict_lets_through() -> None:
    assert gate(Account(), using=None) is Gate.OPEN
    assert gate(Account()) is Gate.UNDECIDED
    assert gate(Account(), model=None) is Gate.UNDECIDED
    assert gate(evaluated(decision="promote")) is Gate.OPEN
    assert gate(evaluated(decision="keep")) is Gate.CLOSED
    assert gate(evaluated(decision="approve")) is Gate.UNDECIDED


def test_a_verdict_holds_for_its_model_its_settings_and_what_it_was_compared_with() -> None:
    kept = evaluated(decision="keep")

    assert gate(kept, settings(max_records=50)) is Gate.UNDECIDED
    assert gate(kept, settings(topic_arn=TOPIC, approval_seconds=5, prices={})) is Gate.CLOSED
    assert gate(evaluated(decision="keep", custom_model_arn="another")) is Gate.UNDECIDED
    target = kept.deploy("sup-support", "arn:aws:bedrock:us-east-1:111122223333:custom-model/m/ddddeeeeffff")
    kept.parameters[SERVING] = json.dumps({"target_arn": target, "custom_model_arn": "another"})
    assert gate(kept) is Gate.UNDECIDED
