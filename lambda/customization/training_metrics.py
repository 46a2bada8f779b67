"""Collects the loss curves that a job wrote into one object of the run."""

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kit_contract.run_events import MetricsResult
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html; the folders vary by model
METRIC_FILES = {
    "training": ("step_wise_training_metrics.csv", "training_loss"),
    "validation": ("validation_metrics.csv", "validation_loss"),
}


def record_metrics(run: Run, custom_model_arn: str, *, s3: "S3Client") -> MetricsResult:
    """Write runs/<customization>/<run id>/metrics.json and return its summary. A missing file gives no steps."""
    bucket = run.specification.bucket
    keys = _output_keys(run, s3=s3)
    steps = {kind: _steps(bucket, keys, *where, s3=s3) for kind, where in METRIC_FILES.items()}
    final_loss = {kind: values[-1]["loss"] if values else None for kind, values in steps.items()}
    content = {
        "run_id": run.run_id,
        "job_arn": run.job_arn,
        "custom_model_arn": custom_model_arn,
        "base_model": run.specification.base_model,
        "hyperparameters": run.specification.hyperparameters,
        "dataset": {"key": run.key, "sha256": run.dataset_sha256},
        "steps": steps,
        "final_loss": final_loss,
    }
    key = f"{run.prefix}metrics.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode(), ContentType="application/json")
    return {"metrics_key": key, "final_loss": final_loss}


def _output_keys(run: Run, *, s3: "S3Client") -> list[str]:
    """The output of this job only: an earlier attempt at the run that failed may have left its own folder."""
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=run.specification.bucket, Prefix=run.output_prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    folder = f"model-customization-job-{run.job_arn.rpartition('/')[2]}/"
    return [key for key in keys if folder in key]


def _steps(bucket: str, keys: list[str], file: str, column: str, *, s3: "S3Client") -> list[dict[str, float]]:
    found = [key for key in keys if key.endswith(f"/{file}")]
    if not found:
        return []
    text = s3.get_object(Bucket=bucket, Key=found[0])["Body"].read().decode("utf-8")
    rows = [row for row in csv.DictReader(io.StringIO(text)) if row.get(column)]
    return [
        {"step": _number(row, "step_number"), "epoch": _number(row, "epoch_number"), "loss": float(row[column])}
        for row in rows
    ]


def _number(row: Mapping[str, str], column: str) -> int:
    return int(float(row.get(column) or 0))
