"""Before a job is paid for: was this very run done already, and is every record what Bedrock takes?"""

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Protocol

from customization import run_names
from training_data.checks import CheckReport, check_records

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client

CHUNK = 1 << 20


class TrainingDataError(Exception):
    """When the data would fail the job: the first finding, the counts, and where the whole report is."""


class _Readable(Protocol):
    def read(self, amount: int, /) -> bytes: ...


def check_data(run: Mapping[str, Any], *, bedrock: "BedrockClient", s3: "S3Client", timestamp: str) -> dict[str, Any]:
    """{"trained": True, "custom_model_arn"} where the model exists, else the job's names. Raises TrainingDataError."""
    existing = _existing_model(run["custom_model_name"], bedrock)
    if existing:
        return {"trained": True, "custom_model_arn": existing}
    report = _check(run, s3)
    uri = _write_report(run, report, s3)
    if report.finding_count:
        raise TrainingDataError(_reason(report, run["key"], uri))
    name = f"{run['execution_name']}-{timestamp}"  # jobs cannot be deleted: each needs a name of its own
    return {
        "trained": False,
        "records": report.records,
        "job_name": name[-63:].lstrip("-"),
        "client_request_token": name,
    }


def _check(run: Mapping[str, Any], s3: "S3Client") -> CheckReport:
    specification = run["specification"]
    body: Any = s3.get_object(Bucket=specification["bucket"], Key=run["key"])["Body"]
    digest = hashlib.sha256()
    report = check_records(
        _lines(body, digest),
        record_format=specification["record_format"],
        min_records=specification["min_records"],
        max_records=specification["max_records"],
    )
    if digest.hexdigest() != run["dataset_sha256"]:
        raise TrainingDataError(f"{run['key']} was replaced after this run began; the new content is a run of its own")
    return report


def _lines(body: _Readable, digest: "hashlib._Hash") -> Iterator[bytes]:
    """The lines of `body`, without their ends, while `digest` takes in every byte."""
    parts: list[bytes] = []
    while chunk := body.read(CHUNK):
        digest.update(chunk)
        first, *rest = chunk.split(b"\n")
        parts.append(first)
        if rest:
            yield b"".join(parts).removesuffix(b"\r")
            yield from (line.removesuffix(b"\r") for line in rest[:-1])
            parts = [rest[-1]]
    if last := b"".join(parts):
        yield last


def _write_report(run: Mapping[str, Any], report: CheckReport, s3: "S3Client") -> str:
    specification = run["specification"]
    key = run_names.run_prefix(specification["customization"], run["run_id"]) + "check.json"
    s3.put_object(
        Bucket=specification["bucket"],
        Key=key,
        Body=json.dumps(asdict(report)).encode(),
        ContentType="application/json",
    )
    return f"s3://{specification['bucket']}/{key}"


def _existing_model(name: str, bedrock: "BedrockClient") -> str:
    try:
        model = bedrock.get_custom_model(modelIdentifier=name)
    except bedrock.exceptions.ResourceNotFoundException:
        return ""
    status = model.get("modelStatus", "Active")
    if status == "Active":
        return model["modelArn"]
    reason = model.get("failureMessage", "no reason given")
    raise TrainingDataError(
        f"custom model {name} exists and is {status} ({reason}), Active is needed; wait for it or delete it, "
        "then upload the data again"
    )


def _reason(report: CheckReport, key: str, report_uri: str) -> str:
    first = report.findings[0]
    counts = ", ".join(f"{rule} {count}" for rule, count in sorted(report.by_rule.items()))
    where = f"{key}:{first.line}" if first.line else key
    return f"{where}: {first.message} ({report.finding_count} findings: {counts}); all of them in {report_uri}"
