"""Checks training data before a job is paid for, and finds the model if the same run trained one before."""

import json
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING

from customization.dataset_content import ContentDigest
from customization.existing_model import find_model
from customization.log_source import TrainingDataError as TrainingDataError
from customization.log_source import check_log_source, reads_logs
from customization.parent_model import parent_model
from customization.same_content import claim_run
from kit_contract.counted import counted
from kit_contract.run_events import ModelExists, NewJob
from kit_contract.run_names import job_name
from kit_contract.runs import Run
from training_data.checking.checker import PIECE, DatasetChecker
from training_data.checking.dataset_rules import DatasetReport, check_whole
from training_data.checking.file_rules import name_findings, size_findings
from training_data.checking.findings import CheckReport
from training_data.checking.model_rules import ModelRules, model_rules
from training_data.checking.repeated_records import add_leakage, leaks

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client

HELD_OUT_FIX = "it would say nothing about a model that was trained on it; remove it from one of them"


def check_data(run: Run, *, bedrock: "BedrockClient", s3: "S3Client", timestamp: str) -> ModelExists | NewJob:
    """The model that exists already, else the names of the job to create. Raises TrainingDataError,
    SameContentBusyError, and the errors of parent_model.
    """
    existing = _existing_model(run, bedrock)
    if existing:
        return {"trained": True, "custom_model_arn": existing}
    if run.chosen:
        raise TrainingDataError(f"the custom model of run {run.run_id} is gone; choose another one: kit runs history")
    report = check_log_source(run, s3) if reads_logs(run) else _check(run, s3)
    uri = _write_report(run, report, s3)
    if report.training.finding_count:
        raise TrainingDataError(_reason(report.training, run.key, uri))
    if report.validation and report.validation.finding_count:
        raise TrainingDataError(_reason(report.validation, run.specification.validation_key, uri))
    base_model = parent_model(run, bedrock) or run.specification.base_model
    claim_run(run, bedrock=bedrock, s3=s3, now=datetime.strptime(f"{timestamp}+0000", "%Y%m%d%H%M%S%z"))
    return {
        "trained": False,
        "records": report.training.records,
        "job_name": job_name(run.kit_deployment, run.specification.customization, run.execution_name, timestamp),
        "client_request_token": f"{run.token}-{timestamp}",
        "base_model": base_model,
    }


def _check(run: Run, s3: "S3Client") -> DatasetReport:
    specification = run.specification
    rules = model_rules(specification.base_model, specification.method, specification.limits)
    bucket, validation_key, evaluation = specification.bucket, specification.validation_key, specification.evaluation
    first, sha256 = _check_object(bucket, run.key, rules, s3, across=bool(validation_key or evaluation))
    if sha256 != run.dataset_sha256:
        raise TrainingDataError(f"{run.key} was replaced after this run began; the new content starts its own run")
    report = DatasetReport(first.report, None)
    if validation_key:
        second, _ = _check_object(bucket, validation_key, rules, s3, across=True)
        report = DatasetReport(first.report, second.report)
        add_leakage(second.report, first.index, second.index)
    if evaluation:  # a deploy compares them before; an upload is seen here first
        held_out, _ = _check_object(bucket, evaluation.dataset_key, rules, s3, across=True)
        for leak in leaks(held_out.index, first.index):
            first.report.add(leak.line, "held-out", f"is also in the evaluation ({leak.training}); {HELD_OUT_FIX}")
    check_whole(report, rules, bucket)
    return report


def _check_object(
    bucket: str, key: str, rules: ModelRules, s3: "S3Client", *, across: bool
) -> tuple[DatasetChecker, str]:
    """The finished checker and the SHA-256. Memory is bounded by a piece and the longest line, and digests."""
    checker, digest, size = DatasetChecker(rules, across=across), ContentDigest(bucket), 0
    body = s3.get_object(Bucket=bucket, Key=key)["Body"]
    while piece := body.read(PIECE):
        digest.update(piece)
        checker.feed(piece)
        size += len(piece)
    checker.finish()
    for finding in (*name_findings(key, rules), *size_findings(size, rules)):
        checker.report.add(finding.line, finding.rule, finding.message)
    return checker, digest.hexdigest()


def _write_report(run: Run, report: DatasetReport, s3: "S3Client") -> str:
    bucket, key = run.specification.bucket, f"{run.prefix}check.json"
    content = asdict(report.training)
    if report.validation:
        content["validation"] = asdict(report.validation)
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode(), ContentType="application/json")
    return f"s3://{bucket}/{key}"


def _existing_model(run: Run, bedrock: "BedrockClient") -> str:
    model = find_model(run, bedrock)
    if model is None or model.is_active:
        return model.arn if model else ""
    reason = bedrock.get_custom_model(modelIdentifier=model.arn).get("failureMessage", "no reason given")
    raise TrainingDataError(
        f"custom model {model.name} must be Active, got {model.status} ({reason}); wait for it or delete it, "
        "then upload the data again"
    )


def _reason(report: CheckReport, key: str, report_uri: str) -> str:
    first = report.findings[0]
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items()))
    where = f"{key}:{first.line}" if first.line else key
    found = counted(report.finding_count, "finding")
    return f"{where}: {first.message} ({found}: {counts}); the full report is {report_uri}"
