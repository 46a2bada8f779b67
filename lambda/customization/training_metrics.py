"""Collects what a job wrote about itself (loss by step) into one small object beside the run."""

import csv
import io
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from customization import run_names

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

# https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-analyze.html; the folders vary by model
METRIC_FILES = {
    "training": ("step_wise_training_metrics.csv", "training_loss"),
    "validation": ("validation_metrics.csv", "validation_loss"),
}


def record_metrics(run: Mapping[str, Any], custom_model_arn: str, *, s3: "S3Client") -> dict[str, Any]:
    """Write runs/<customization>/<run id>/metrics.json and return its summary. Absent files are absent, not zero."""
    specification = run["specification"]
    bucket = specification["bucket"]
    prefix = f"{specification['output_prefix']}{run['run_id']}/"
    pages = s3.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
    keys = [item["Key"] for page in pages for item in page.get("Contents", [])]
    losses = {kind: _losses(bucket, keys, *where, s3=s3) for kind, where in METRIC_FILES.items()}
    content = {
        "run_id": run["run_id"],
        "custom_model_arn": custom_model_arn,
        "base_model": specification["base_model"],
        "hyperparameters": specification["hyperparameters"],
        "losses": losses,
        "final_loss": {kind: values[-1] if values else None for kind, values in losses.items()},
    }
    key = run_names.run_prefix(specification["customization"], run["run_id"]) + "metrics.json"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(content).encode(), ContentType="application/json")
    return {"metrics_key": key, "final_loss": content["final_loss"]}


def _losses(bucket: str, keys: list[str], file: str, column: str, *, s3: "S3Client") -> list[float]:
    found = [key for key in keys if key.endswith(f"/{file}")]
    if not found:
        return []
    text = s3.get_object(Bucket=bucket, Key=found[0])["Body"].read().decode("utf-8")
    return [float(row[column]) for row in csv.DictReader(io.StringIO(text)) if row.get(column)]
