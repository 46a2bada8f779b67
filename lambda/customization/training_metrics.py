"""Collects the curves that a job wrote, of losses and rewards, into one object of the run."""

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
# Of reinforcement fine-tuning. The guide (rft-submit-job) names the metric critic/rewards/mean, and no column: one with
# this word is taken, a mean before the highest and the lowest.
REWARD = "reward"


def record_metrics(run: Run, custom_model_arn: str, *, s3: "S3Client") -> MetricsResult:
    """Write runs/<customization>/<run id>/metrics.json and return its summary. A missing file gives no steps."""
    bucket = run.specification.bucket
    keys = _output_keys(run, s3=s3)
    steps = {kind: _steps(bucket, keys, *where, s3=s3) for kind, where in METRIC_FILES.items()}
    final_loss = {kind: _last(values, "loss") for kind, values in steps.items()}
    rewarded = any(REWARD in row for values in steps.values() for row in values)
    final_reward = {kind: _last(values, REWARD) for kind, values in steps.items()} if rewarded else {}
    content = {
        "run_id": run.run_id,
        "job_arn": run.job_arn,
        "custom_model_arn": custom_model_arn,
        "base_model": run.specification.base_model,
        "method": run.specification.method,
        **({"method_settings": json.loads(settings)} if (settings := run.specification.method_settings) else {}),
        "hyperparameters": run.specification.hyperparameters,
        "dataset": {"key": run.key, "sha256": run.dataset_sha256},
        "steps": steps,
        "final_loss": final_loss,
        **({"final_reward": final_reward} if final_reward else {}),
    }
    key = f"{run.prefix}metrics.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode(), ContentType="application/json")
    result: MetricsResult = {"metrics_key": key, "final_loss": final_loss}
    return {**result, "final_reward": final_reward} if final_reward else result


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
    return [step for row in csv.DictReader(io.StringIO(text)) if (step := _step(row, column))]


def _step(row: Mapping[str, str], column: str) -> dict[str, float]:
    """Step, epoch, and what there is of loss and reward; empty for a row with neither."""
    rewards = [name for name in row if name and REWARD in name.lower()]
    reward = min(rewards, key=lambda name: "mean" not in name.lower(), default="")
    values = {"loss": row.get(column), REWARD: row.get(reward)}
    known = {name: float(value) for name, value in values.items() if value}
    return {"step": _number(row, "step_number"), "epoch": _number(row, "epoch_number"), **known} if known else {}


def _last(steps: list[dict[str, float]], name: str) -> float | None:
    values = [step[name] for step in steps if name in step]
    return values[-1] if values else None


def _number(row: Mapping[str, str], column: str) -> int:
    return int(float(row.get(column) or 0))
