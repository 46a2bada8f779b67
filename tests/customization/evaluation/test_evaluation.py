"""The steps of an evaluation on an account in memory: candidate, answers in batches, verdict, report."""

import json
import time
from typing import Any

import pytest

from customization.evaluation.answers import BATCH
from customization.evaluation.converse import Asker, EvaluationError, EvaluationThrottledError
from customization.evaluation.evaluation import Evaluation
from customization.promotion_targets.target import PromotionBusyError, PromotionError
from kit_contract.evaluations import Prepared, Threshold, Verdict
from tests.customization.aws import MODEL_ARN, OTHER_MODEL_ARN, a_run
from tests.customization.evaluation.account import PROMOTED, SERVING, SPECIFICATION, Account, Refusal, settings

CANDIDATE = "sup-support-candidate"
PREFIX = "runs/support/0123456789abcdef/"
LATER = 1e9


class Evaluating:
    def __init__(self, account: Account, **changes: Any) -> None:
        self.account = account
        self.run = a_run(evaluation=settings(**changes))
        clients = {name: account.client(name) for name in ("bedrock", "s3", "ssm")}
        self.evaluation = Evaluation(self.run, MODEL_ARN, **clients)
        self.asker = Asker(account.client("bedrock-runtime").converse, pause=lambda _: None)

    def prepared(self) -> Prepared:
        """Once its candidate is Active."""
        try:
            return self.evaluation.prepare()
        except PromotionBusyError:
            self.account.deployments[CANDIDATE]["found"]["status"] = "Active"
        return self.evaluation.prepare()

    def verdict(self) -> Verdict:
        prepared = self.prepared()
        if prepared["ask"]:
            assert self.evaluation.ask(prepared, self.asker, until=time.monotonic() + LATER)["done"]
        return self.evaluation.score(prepared)

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.account.objects[f"{PREFIX}evaluation.json"])
        return found


@pytest.fixture
def account() -> Account:
    return Account()


def test_the_candidate_is_created_with_the_deployments_tags_and_awaited(account: Account) -> None:
    evaluating = Evaluating(account)
    with pytest.raises(PromotionBusyError, match="being created"):
        evaluating.evaluation.prepare()

    (created,) = account.asked("CreateCustomModelDeployment")
    assert (created["modelDeploymentName"], created["modelArn"]) == (CANDIDATE, MODEL_ARN)
    assert {tag["key"]: tag["value"] for tag in created["tags"]}["bedrock-kit:deployment"] == "sup"
    assert evaluating.prepared()["candidate_arn"].startswith("arn:aws:bedrock")
    assert len(account.asked("CreateCustomModelDeployment")) == 1


def test_a_model_that_knows_the_answers_is_promoted(account: Account) -> None:
    evaluating = Evaluating(account)

    assert evaluating.verdict()["decision"] == "promote"
    report = evaluating.report()
    assert (report["decision"], report["records"], report["baseline"]["model"]) == (
        *("promote", 30),
        "amazon.nova-micro-v1:0",
    )
    assert report["metrics"]["exact_match"]["candidate"]["mean"] == 1.0
    assert report["usage"]["candidate"] == {"input_tokens": 300, "output_tokens": 150, "usd": pytest.approx(0.0012)}
    assert report["usage"]["usd"] == pytest.approx(0.0018)
    readable = account.objects[f"{PREFIX}evaluation.md"].decode()
    assert "The model is promoted" in readable
    assert "| exact_match | 1.000 [" in readable


def test_a_model_that_knows_less_than_what_serves_is_kept(account: Account) -> None:
    target = account.deploy("sup-support", OTHER_MODEL_ARN)
    account.parameters[SERVING] = json.dumps({"target_arn": target, "custom_model_arn": OTHER_MODEL_ARN})
    account.says = lambda model, question: (
        question.replace("Question", "Answer").replace("?", ".") if model == target else "Bananas"
    )
    evaluating = Evaluating(account)

    verdict = evaluating.verdict()

    assert verdict["decision"] == "keep"
    assert "exact_match at least 0.5: failed" in verdict["reason"]
    assert evaluating.report()["baseline"] == {"model": OTHER_MODEL_ARN, "target": target}
    assert evaluating.report()["usage"]["baseline"]["usd"] == pytest.approx(0.0012)  # that of a custom model


def test_what_was_deleted_by_hand_serves_nobody(account: Account) -> None:
    account.parameters[SERVING] = json.dumps({"target_arn": f"{DEPLOYED}gone", "custom_model_arn": OTHER_MODEL_ARN})

    assert Evaluating(account).prepared()["baseline_target"] == "amazon.nova-micro-v1:0"


DEPLOYED = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/"


@pytest.mark.parametrize("parameter", [PROMOTED, SERVING])
def test_a_model_that_was_promoted_before_is_not_evaluated(account: Account, parameter: str) -> None:
    account.parameters[parameter] = json.dumps({"custom_model_arn": MODEL_ARN})

    prepared = Evaluating(account).evaluation.prepare()

    assert (prepared["needed"], prepared["reason"]) == (False, "it was promoted before")
    assert account.deployments == {}


def test_a_removed_customization_deploys_no_candidate(account: Account) -> None:
    del account.parameters[SPECIFICATION]

    with pytest.raises(EvaluationError, match="was removed from deployment"):
        Evaluating(account).evaluation.prepare()
    assert account.deployments == {}


def test_the_candidate_of_somebody_else_is_left_alone(account: Account) -> None:
    account.deploy(CANDIDATE, OTHER_MODEL_ARN, tags=[{"key": "bedrock-kit:deployment", "value": "other"}])

    with pytest.raises(PromotionError, match="is not ours"):
        Evaluating(account).evaluation.prepare()
    assert account.asked("UpdateCustomModelDeployment") == []


def test_batches_are_kept_and_never_asked_twice(account: Account) -> None:
    evaluating = Evaluating(account)
    prepared = evaluating.prepared()
    first = evaluating.evaluation.ask(prepared, evaluating.asker, until=0.0)
    assert first == {"done": False, "asked": 0, "records": 30}

    calls = 0

    def busy_after_a_batch(model: str, question: str) -> str:
        nonlocal calls
        calls += 1
        if calls > 2 * BATCH:
            raise Refusal("ThrottlingException", "Too many requests")
        return "Yes"

    account.says = busy_after_a_batch
    with pytest.raises(EvaluationThrottledError):
        evaluating.evaluation.ask(prepared, evaluating.asker, until=time.monotonic() + LATER)
    account.calls.clear()
    account.says = lambda model, question: "Yes"
    again = evaluating.evaluation.ask(prepared, evaluating.asker, until=time.monotonic() + LATER)

    assert again == {"done": True, "asked": 10, "records": 30}
    assert len(account.asked("Converse")) == 20


def test_other_thresholds_ask_nothing_again_and_need_no_candidate(account: Account) -> None:
    Evaluating(account).verdict()
    account.deployments.clear()
    account.calls.clear()

    other = Evaluating(account, metrics={"exact_match": Threshold(0.99)})

    assert other.prepared()["ask"] is False
    assert other.verdict()["decision"] == "approve"
    assert account.asked("Converse") == account.asked("CreateCustomModelDeployment") == []


def test_a_sample_of_many_records_is_always_the_same(account: Account) -> None:
    one, other = (Evaluating(Account(records=50), max_records=12) for _ in range(2))
    for evaluating in (one, other):
        evaluating.verdict()

    assert one.report()["records"] == 12
    asked = [[row["record"] for row in _rows(item.account)] for item in (one, other)]
    assert asked[0] == asked[1] != list(range(1, 13))


def _rows(account: Account) -> list[dict[str, Any]]:
    return [
        row
        for key, body in sorted(account.objects.items())
        if "/evaluation/" in key[5:] and key[:4] == "runs"
        for row in json.loads(body)
    ]


def test_a_question_that_a_model_refuses_scores_nothing(account: Account) -> None:
    def says(model: str, question: str) -> str:
        if DEPLOYED in model and question == "Question 7?":
            raise Refusal("ValidationException", "The input is too long")
        return Account._right_if_deployed(model, question)

    account.says = says
    evaluating = Evaluating(account)
    evaluating.verdict()

    assert evaluating.report()["refused"] == {"candidate": 1, "baseline": 0, "judge": 0}
    assert evaluating.report()["metrics"]["exact_match"]["candidate"]["mean"] == pytest.approx(29 / 30)


def test_a_model_that_refuses_everything_decides_nothing(account: Account) -> None:
    def says(model: str, question: str) -> str:
        if DEPLOYED in model:
            return "Yes"
        raise Refusal("ValidationException", "This model does not take a system prompt")

    account.says = says
    with pytest.raises(EvaluationError, match="the baseline refused all 30 questions, the first with: Validation"):
        Evaluating(account).verdict()


def test_a_judge_that_refuses_everything_is_no_tie(account: Account) -> None:
    def says(model: str, question: str) -> str:
        if model == "judge":
            raise Refusal("ValidationException", "temperature is not supported")
        return Account._right_if_deployed(model, question)

    account.says = says
    with pytest.raises(EvaluationError, match="the judge refused all 60 questions"):
        Evaluating(account, metrics={"win_rate": Threshold(0.5)}, judge_model="judge").verdict()


def test_the_judge_is_asked_in_both_orders_and_the_order_wins_nothing(account: Account) -> None:
    def says(model: str, question: str) -> str:
        return "The first. <verdict>1</verdict>" if model == "judge" else Account._right_if_deployed(model, question)

    account.says = says
    evaluating = Evaluating(account, metrics={"win_rate": Threshold(0.5)}, judge_model="judge")

    assert evaluating.verdict()["decision"] == "approve"
    report = evaluating.report()
    assert report["judge_by_order"] == 30
    assert report["usage"]["judge"]["input_tokens"] == 600
    assert report["usage"]["usd"] is None  # the judge's price is unknown
