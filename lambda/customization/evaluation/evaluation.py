"""The steps of an evaluation, each called by a state of the workflow: prepare, ask, judge, score, end.

Answers, scores and the report lie below runs/<customization>/<run id>/; the execution's state has counts and reasons.
"""

import hashlib
import json
import time
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from customization.evaluation import report as reports
from customization.evaluation.answers import AnswerFolder, Interview, Row, read_questions
from customization.evaluation.candidate import deploy_candidate
from customization.evaluation.converse import Asker, EvaluationError
from customization.evaluation.evaluation_jobs import EvaluationJobs
from customization.evaluation.judged_answers import Judged, paired_scores, records_of
from customization.evaluation.verdict import judge
from customization.evaluation_gate import Gate, baseline_of, gate_result
from kit_contract import parameters
from kit_contract.counted import counted
from kit_contract.evaluations import (
    MARKDOWN,
    READABLE_REPORT,
    REPORT,
    Asked,
    EvaluationSpecification,
    JobsJudged,
    Prepared,
    Verdict,
)
from kit_contract.runs import Run
from training_data.held_out import Question

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient


class Evaluation:
    """Of one run and its model; clients are passed in."""

    def __init__(self, run: Run, model_arn: str, *, bedrock: "BedrockClient", s3: "S3Client", ssm: "SSMClient") -> None:
        assert run.specification.evaluation
        self._run, self._model_arn = run, model_arn
        self._settings: EvaluationSpecification = run.specification.evaluation
        self._bedrock, self._s3, self._ssm = bedrock, s3, ssm

    def prepare(self) -> Prepared:
        """Deploy the candidate, if its answers are needed. Raises EvaluationError, PromotionError,
        PromotionBusyError.
        """
        evaluated = gate_result(self._run, self._model_arn, s3=self._s3, ssm=self._ssm, bedrock=self._bedrock)
        if evaluated.gate is Gate.OPEN:
            return _not_needed(evaluated.reason)
        self._require_wanted()
        baseline = baseline_of(self._run, self._settings, self._ssm, self._bedrock)
        folder = f"{self._run.prefix}evaluation/{self._fingerprint(baseline.model)}/"
        missing = self._folder(folder).missing(len(self._questions()))
        return {
            "needed": True,
            "reason": "",
            "ask": bool(missing),
            "candidate_arn": deploy_candidate(self._run, self._model_arn, self._bedrock) if missing else "",
            "baseline_model": baseline.model,
            "baseline_target": baseline.target,
            "folder": folder,
        }

    def ask(self, prepared: Prepared, asker: Asker, *, until: float) -> Asked:
        """Ask batch by batch; begins none after `until` (time.monotonic()). Raises EvaluationThrottledError."""
        questions, folder = self._questions(), self._folder(prepared["folder"])
        interview = Interview(asker, self._settings, prepared)
        missing = folder.missing(len(questions))
        asked = 0
        for batch in missing:
            if time.monotonic() >= until:
                break
            rows = interview.batch(questions, batch)
            folder.write(batch, rows)
            asked += len(rows)
        left = folder.missing(len(questions)) if missing else []
        return {"done": not left, "asked": asked, "records": len(questions)}

    def judge(self, prepared: Prepared, role_arn: str) -> JobsJudged:
        """Start the evaluation jobs of what is not judged yet, and look at them. Raises EvaluationError."""
        self._require_wanted()
        rows = self._rows(prepared)
        _require_answers(reports.answers_of(rows))
        return {"done": self._judged(prepared, rows, role_arn) is not None}

    def score(self, prepared: Prepared, role_arn: str = "") -> Verdict:
        """Write the report. Raises EvaluationError where a model refused every question."""
        rows = self._rows(prepared)
        _require_answers(reports.answers_of(rows))
        candidate, baseline = (reports.scores_of(rows, role, self._settings) for role in reports.ROLES)
        if self._settings.job_metrics:
            judged = self._judged(prepared, rows, role_arn)
            assert judged is not None, "the workflow scores when the evaluation jobs are done"
            more = paired_scores(self._questions(), rows, judged, self._settings.decisive)
            candidate, baseline = candidate | more[0], baseline | more[1]
        judgement = judge(candidate, baseline, self._settings)
        report = reports.json_report(self._run, self._model_arn, prepared, rows, judgement)
        report |= reports.jobs_part(self._settings, candidate, report)
        key = f"{self._run.prefix}{REPORT}"
        self._write(key, json.dumps(report, indent=1), "application/json")
        readable = reports.markdown_report(report, judgement.results)
        self._write(f"{self._run.prefix}{READABLE_REPORT}", readable, MARKDOWN)
        return {"decision": judgement.decision, "reason": judgement.reason, "report_key": key}

    def _judged(self, prepared: Prepared, rows: Sequence[Row], role_arn: str) -> dict[str, Judged] | None:
        """Metric -> scores by answer; None while a job is under way. The jobs of both models run side by side."""
        settings = self._settings
        jobs = EvaluationJobs(
            self._run, prepared["folder"], settings.evaluator_model, role_arn, bedrock=self._bedrock, s3=self._s3
        )
        records = records_of(self._questions(), rows)
        found = [jobs.judged(role, records[role], settings.job_metrics) for role in reports.ROLES]
        done = [scores for scores in found if scores is not None]
        if len(done) < len(found):
            return None
        return {name: {**done[0][name], **done[1][name]} for name in settings.job_metrics}

    def _rows(self, prepared: Prepared) -> list[Row]:
        return list(self._folder(prepared["folder"]).rows(len(self._questions())))

    def _questions(self) -> list[Question]:
        bucket, settings = self._run.specification.bucket, self._settings
        return read_questions(self._s3, bucket, settings.dataset_key, settings.max_records)

    def _folder(self, prefix: str) -> AnswerFolder:
        return AnswerFolder(self._s3, self._run.specification.bucket, prefix)

    def _fingerprint(self, baseline_model: str) -> str:
        settings = self._settings
        content: list[Any] = [self._model_arn, baseline_model, settings.dataset_key, settings.judge_model]
        content += [settings.max_records, settings.max_tokens]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()[:16]

    def _write(self, key: str, text: str, content_type: str) -> None:
        bucket = self._run.specification.bucket
        self._s3.put_object(Bucket=bucket, Key=key, Body=text.encode(), ContentType=content_type)

    def _require_wanted(self) -> None:
        """A customization that was removed during its run leaves no deployment behind."""
        customization = self._run.specification.customization
        name = parameters.customization_specification(self._run.kit_deployment, customization)
        try:
            self._ssm.get_parameter(Name=name)
        except self._ssm.exceptions.ParameterNotFound:
            raise EvaluationError(f"{customization} was removed from deployment.toml; its model is kept") from None


def _require_answers(answers: Mapping[str, Sequence[Mapping[str, Any]]]) -> None:
    """Raises EvaluationError for a model that cannot be asked like this: what it did not say decides nothing."""
    for role, items in answers.items():
        errors = [item["error"] for item in items if "error" in item]
        if items and len(errors) == len(items):
            raise EvaluationError(
                f"the {role} refused all {counted(len(items), 'question')}, the first with: {errors[0]}"
            )


def _not_needed(reason: str) -> Prepared:
    return {
        "needed": False,
        "reason": reason,
        "ask": False,
        "candidate_arn": "",
        "baseline_model": "",
        "baseline_target": "",
        "folder": "",
    }
