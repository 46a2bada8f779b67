"""A person decides where the thresholds did not: the token of the waiting execution lies beside the report.

`kit runs approve` reads it and sends the answer to the execution; its time-out keeps what serves.
"""

import json
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from customization.evaluation_gate import read_report
from kit_contract.evaluations import APPROVAL, MARKDOWN, READABLE_REPORT, REPORT, ApprovalAnswer, Verdict
from kit_contract.runs import Run

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mypy_boto3_s3 import S3Client

    # boto3's client of sns, narrowed to the one method in use: the kit does not install its type stubs.
    Publish = Callable[..., Mapping[str, Any]]

SUBJECT_LENGTH = 100  # Publish, Subject: ASCII, fewer than 100 characters


def request_approval(run: Run, token: str, *, s3: "S3Client", publish: "Publish", now: datetime) -> dict[str, str]:
    """Keep the token and send the report to the topic, if there is one."""
    settings, bucket = run.specification.evaluation, run.specification.bucket
    assert settings
    ends = (now + timedelta(seconds=settings.approval_seconds)).isoformat(timespec="seconds")
    content = {"run_id": run.run_id, "execution": run.execution_name, "ends_at": ends, "task_token": token}
    body = json.dumps(content).encode()
    s3.put_object(Bucket=bucket, Key=f"{run.prefix}{APPROVAL}", Body=body, ContentType="application/json")
    if settings.topic_arn:
        report = s3.get_object(Bucket=bucket, Key=f"{run.prefix}{READABLE_REPORT}")["Body"].read().decode()
        decide = f"kit runs approve {run.run_id}\nkit runs approve {run.run_id} --reject\n"
        message = f"{report}\nDecide until {ends}; without an answer the previous model keeps serving:\n\n{decide}"
        subject = f"{run.kit_deployment}: approve a model of {run.specification.customization}?"
        publish(TopicArn=settings.topic_arn, Subject=subject[: SUBJECT_LENGTH - 1], Message=message)
    return {"ends_at": ends}


def conclude(run: Run, answer: ApprovalAnswer, *, s3: "S3Client") -> Verdict:
    """Write into both reports who decided. The token is of no use any more."""
    bucket, report = run.specification.bucket, read_report(run, s3)
    reason = f"{answer['reason']} (the thresholds: {report['reason']})"
    report |= {"decision": answer["decision"], "decided_by": answer["by"], "reason": reason}
    key, readable_key = f"{run.prefix}{REPORT}", f"{run.prefix}{READABLE_REPORT}"
    s3.put_object(Bucket=bucket, Key=key, Body=json.dumps(report, indent=1).encode(), ContentType="application/json")
    readable = s3.get_object(Bucket=bucket, Key=readable_key)["Body"].read().decode()
    readable += f"\nDecided by {answer['by']}: {answer['decision']}. {answer['reason']}\n"
    s3.put_object(Bucket=bucket, Key=readable_key, Body=readable.encode(), ContentType=MARKDOWN)
    forget_token(run, s3)
    return {"decision": answer["decision"], "reason": reason, "report_key": key}


def forget_token(run: Run, s3: "S3Client") -> None:
    """Also of an execution that was stopped while it waited. A later attempt of the run keeps its own."""
    bucket, key = run.specification.bucket, f"{run.prefix}{APPROVAL}"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    if not any(item["Key"] == key for item in listed):
        return
    waiting = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    if waiting["execution"] == run.execution_name:
        s3.delete_object(Bucket=bucket, Key=key)
