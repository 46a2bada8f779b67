"""Before a job is paid for: was this very run done already, and is every record what Bedrock takes?"""

import json
from collections.abc import Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from customization import run_names
from training_data.checks import CheckReport, check_records

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client


class TrainingDataError(Exception):
    """When the data would fail the job: the first finding, the counts, and where the whole report is."""


def check_data(run: Mapping[str, Any], *, bedrock: "BedrockClient", s3: "S3Client", timestamp: str) -> dict[str, Any]:
    """{"trained": True, "custom_model_arn"} where the model exists, else the job's names. Raises TrainingDataError."""
    existing = _existing_model(run["custom_model_name"], bedrock)
    if existing:
        return {"trained": True, "custom_model_arn": existing}
    specification = run["specification"]
    body = s3.get_object(Bucket=specification["bucket"], Key=run["key"])["Body"]
    report = check_records(
        body.iter_lines(),
        record_format=specification["record_format"],
        min_records=specification["min_records"],
        max_records=specification["max_records"],
    )
    report_key = run_names.run_prefix(specification["customization"], run["run_id"]) + "check.json"
    s3.put_object(
        Bucket=specification["bucket"],
        Key=report_key,
        Body=json.dumps(asdict(report)).encode(),
        ContentType="application/json",
    )
    if report.finding_count:
        raise TrainingDataError(_reason(report, run["key"], f"s3://{specification['bucket']}/{report_key}"))
    return {
        "trained": False,
        "records": report.records,
        "job_name": f"{run['execution_name']}-{timestamp}"[-63:].lstrip("-"),
        "client_request_token": f"{run['execution_name']}-{timestamp}",
    }


def _existing_model(name: str, bedrock: "BedrockClient") -> str:
    try:
        model = bedrock.get_custom_model(modelIdentifier=name)
    except bedrock.exceptions.ResourceNotFoundException:
        return ""
    status = model.get("modelStatus", "Active")
    if status == "Active":
        return model["modelArn"]
    raise TrainingDataError(f"custom model {name} exists and is {status}; delete it, then upload the data again")


def _reason(report: CheckReport, key: str, report_uri: str) -> str:
    first = report.findings[0]
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items()))
    where = f"{key}:{first.line}" if first.line else key
    return f"{where}: {first.message} ({report.finding_count} findings: {counts}); all of them in {report_uri}"
