"""Evaluation jobs of a run: what is judged, once; their scores decide; failures, stops and runs that begin anew."""

import json
import time
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from customization.evaluation.converse import Asker, EvaluationError
from customization.evaluation.evaluation import Evaluation
from customization.evaluation.evaluation_jobs import LONGEST, stop_jobs
from kit_contract.evaluations import Prepared, Threshold, Verdict
from tests.customization.aws import MODEL_ARN, a_run
from tests.customization.evaluation.account import SPECIFICATION, Account, Refusal, settings
from tests.customization.evaluation.job_account import EVALUATOR, ROLE, JobAccount

METRICS = {"correctness": Threshold(0.5, 0.0), "json_valid": Threshold()}


class Judging:
    """A run whose questions are answered. `execution` is its name; each attempt has another."""

    def __init__(self, account: JobAccount, *, execution: str = "", **changes: Any) -> None:
        self.account = account
        run = a_run(evaluation=settings(**{"metrics": METRICS, "evaluator_model": EVALUATOR, **changes}))
        self.run = replace(run, execution_name=execution or run.execution_name)
        account.deploy("sup-support-candidate", MODEL_ARN)
        clients = {name: account.client(name) for name in ("bedrock", "s3", "ssm")}
        self.evaluation = Evaluation(self.run, MODEL_ARN, **clients)
        self.prepared: Prepared = self.evaluation.prepare()
        asker = Asker(account.client("bedrock-runtime").converse, pause=lambda _: None)
        self.evaluation.ask(self.prepared, asker, until=time.monotonic() + 1e9)

    def judge(self) -> bool:
        return self.evaluation.judge(self.prepared, ROLE)["done"]

    def verdict(self) -> Verdict:
        if not self.judge():
            self.account.end()
        assert self.judge()
        return self.evaluation.score(self.prepared, ROLE)

    def report(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.account.objects[f"{self.run.prefix}evaluation.json"])
        return found


@pytest.fixture
def account() -> JobAccount:
    return JobAccount()


def test_a_job_for_each_model_judges_its_answers(account: JobAccount) -> None:
    judging = Judging(account)

    assert judging.judge() is judging.judge() is False
    candidate, baseline = account.asked("CreateEvaluationJob")
    (config,) = candidate["evaluationConfig"]["automated"]["datasetMetricConfigs"]
    judge = candidate["evaluationConfig"]["automated"]["evaluatorModelConfig"]
    assert (config["taskType"], config["metricNames"]) == ("General", ["Builtin.Correctness"])
    assert judge == {"bedrockEvaluatorModels": [{"modelIdentifier": EVALUATOR}]}
    assert (candidate["roleArn"], candidate["applicationType"]) == (ROLE, "ModelEvaluation")
    assert {tag["key"]: tag["value"] for tag in candidate["jobTags"]}["bedrock-kit:deployment"] == "sup"
    for request, source in ((candidate, "candidate"), (baseline, "baseline")):
        (model,) = request["inferenceConfig"]["models"]
        assert model == {"precomputedInferenceSource": {"inferenceSourceIdentifier": source}}
        assert request["jobName"] == request["clientRequestToken"]
    assert account.judged()[0] == {
        "prompt": "Question 0?",
        "referenceResponse": "Answer 0.",
        "modelResponses": [{"response": "Answer 0.", "modelIdentifier": "candidate"}],
    }


def test_the_scores_of_the_jobs_decide(account: JobAccount) -> None:
    judging = Judging(account)

    assert judging.verdict()["decision"] == "promote"
    report = judging.report()
    assert report["metrics"]["correctness"]["candidate"]["mean"] == 1.0
    assert report["metrics"]["correctness"]["difference"]["mean"] == 1.0
    assert report["evaluator_model"] == EVALUATOR
    assert report["unscored"] == {"correctness": 0}
    assert report["usage"]["usd"] is None  # Bedrock does not tell the judge's tokens
    readable = account.objects[f"{judging.run.prefix}evaluation.md"].decode()
    assert f"judged by `{EVALUATOR}`" in readable


def test_equal_answers_are_judged_once(account: JobAccount) -> None:
    """Of both models, and to one question that is there twice."""
    account.says = lambda model, question: "Yes" if question == "Question 1?" else f"{model[-9:]} {question}"
    Judging(account).verdict()
    said = [record["modelResponses"][0]["response"] for record in account.judged()]

    assert said.count("Yes") == 1
    assert len(said) == len(set(said)) == 59


def test_models_that_answer_alike_need_one_job(account: JobAccount) -> None:
    account.says = lambda model, question: "Yes"
    judging = Judging(account)

    assert judging.verdict()["decision"] == "keep"
    assert len(account.jobs) == 1
    assert judging.report()["metrics"]["correctness"]["difference"]["mean"] == 0.0


def test_refused_and_empty_answers_are_not_judged_and_score_nothing(account: JobAccount) -> None:
    def says(model: str, question: str) -> str:
        if "custom-model-deployment" in model and question == "Question 7?":
            raise Refusal("ValidationException", "The input is too long")
        return "" if question == "Question 8?" else Account._right_if_deployed(model, question)

    account.says = says
    judging = Judging(account)
    judging.verdict()

    assert len(account.judged()) == 28 + 29
    assert judging.report()["metrics"]["correctness"]["candidate"]["mean"] == pytest.approx(28 / 30)


def test_faults_that_a_metric_finds_are_scored_by_their_absence(account: JobAccount) -> None:
    """The mock finds the fault in right answers."""
    judging = Judging(account, metrics={"no_harmfulness": Threshold(0.99)})

    assert judging.verdict()["decision"] == "keep"
    assert judging.report()["metrics"]["no_harmfulness"]["candidate"]["mean"] == 0.0
    assert judging.report()["metrics"]["no_harmfulness"]["baseline"]["mean"] == 1.0


def test_other_thresholds_pay_nothing_and_another_metric_only_for_itself(account: JobAccount) -> None:
    Judging(account).verdict()
    both = {"correctness": Threshold(0.8), "helpfulness": Threshold(0.5)}
    again = Judging(account, execution="again", metrics={"correctness": Threshold(0.9)})
    assert again.judge()
    assert len(account.jobs) == 2

    assert Judging(account, execution="more", metrics=both).verdict()["decision"] == "promote"
    assert [job["config"]["metricNames"] for job in account.jobs[2:]] == [["Builtin.Helpfulness"]] * 2


def test_another_evaluator_judges_anew(account: JobAccount) -> None:
    Judging(account).verdict()
    Judging(account, evaluator_model="amazon.nova-micro-v1:0").verdict()

    assert len(account.jobs) == 4


def test_the_jobs_of_a_run_that_was_ended_go_on_for_the_next(account: JobAccount) -> None:
    """Nobody collected the first one's results; the second is under way."""
    Judging(account, execution="first").judge()
    account.jobs[0]["status"] = "Completed"
    account._write(account.jobs[0])
    next_run = Judging(account, execution="second")

    assert next_run.verdict()["decision"] == "promote"
    assert len(account.jobs) == 2


@pytest.mark.parametrize("status", ["Failed", "Stopped"])
def test_a_job_that_failed_fails_the_run_with_bedrocks_message_and_the_next_begins_anew(
    account: JobAccount, status: str
) -> None:
    judging = Judging(account, execution="first")
    judging.judge()
    account.end(status, "Encountered throttling exception")

    with pytest.raises(EvaluationError, match=f"is {status}: Encountered throttling exception"):
        judging.judge()
    assert Judging(account, execution="second").verdict()["decision"] == "promote"
    assert len(account.jobs) == 4


def test_results_that_were_deleted_are_no_verdict(account: JobAccount) -> None:
    judging = Judging(account)
    judging.judge()
    account.end()
    for key in [key for key in account.objects if key.endswith("_output.jsonl")]:
        del account.objects[key]

    with pytest.raises(EvaluationError, match=r"has no results of Builtin\.Correctness at s3://"):
        judging.judge()


def test_a_job_that_takes_a_day_is_stopped(account: JobAccount) -> None:
    judging = Judging(account)
    judging.judge()
    account.jobs[0]["created"] -= LONGEST + timedelta(minutes=1)

    with pytest.raises(EvaluationError, match="was not done after 24 hours, and was stopped"):
        judging.judge()
    assert account.jobs[0]["status"] == "Stopped"


def test_a_removed_customization_is_not_judged_on(account: JobAccount) -> None:
    judging = Judging(account)
    judging.judge()
    del account.parameters[SPECIFICATION]

    with pytest.raises(EvaluationError, match="was removed from deployment"):
        judging.judge()


def test_a_removed_bedrock_job_ends_the_run_and_what_is_judged_is_kept(account: JobAccount) -> None:
    """The role of evaluation jobs goes with the last such section, and so does the right to ask about them."""
    judging = Judging(account)

    with pytest.raises(EvaluationError, match=r"evaluation.bedrock_job was removed from deployment.toml"):
        judging.evaluation.judge(judging.prepared, "")
    assert not account.jobs


def test_only_the_jobs_of_the_execution_that_ended_are_stopped(account: JobAccount) -> None:
    ended, other = Judging(account, execution="first"), Judging(account, execution="second", evaluator_model="other")
    ended.judge()
    other.judge()
    account.jobs[0]["status"] = "Completed"

    assert stop_jobs(ended.run, account.client("bedrock")) == [account.jobs[1]["name"]]
    assert [job["status"] for job in account.jobs] == ["Completed", "Stopped", "InProgress", "InProgress"]


def test_a_metric_that_applies_to_few_records_decides_nothing(account: JobAccount) -> None:
    account.not_applicable = {f"Answer {number}." for number in range(21)}
    judging = Judging(account)
    judging.judge()
    account.end()

    with pytest.raises(EvaluationError, match="correctness: the evaluation jobs scored 9 of 30 records, and 10 are"):
        judging.verdict()


def test_records_without_a_score_are_left_out_and_counted(account: JobAccount) -> None:
    account.not_applicable = {"Answer 3.", "Answer 4."}
    judging = Judging(account)
    judging.verdict()

    assert judging.report()["unscored"] == {"correctness": 2}
    assert judging.report()["metrics"]["correctness"]["candidate"]["mean"] == 1.0


def test_a_metric_without_a_threshold_may_apply_to_no_record(account: JobAccount) -> None:
    account.not_applicable = {f"Answer {number}." for number in range(30)} | {"No idea"}
    judging = Judging(account, metrics={"exact_match": Threshold(0.5), "correctness": Threshold()})

    assert judging.verdict()["decision"] == "promote"
    assert "correctness" not in judging.report()["metrics"]
    assert judging.report()["unscored"] == {"correctness": 30}
