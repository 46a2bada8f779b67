"""What became of a run's evaluation, for `kit local up`: the metrics, and promoted, kept or waiting for a person."""

import json
from typing import Any

from kit.progress import Progress
from kit_contract import run_names
from kit_contract.evaluations import APPROVAL, REPORT
from kit_contract.parameters import customization_promoted


def outcome_of(clients: Any, bucket: str, customization: str, run: str, progress: Progress) -> str:
    """Shows the metrics. Returns "" for a model that is promoted, else what is to be said instead."""
    report = _read(clients, bucket, customization, run, REPORT)
    if report is None:
        return ""
    for name, metric in report["metrics"].items():
        progress.line(f"evaluation   {_line(name, metric)}")
    if report["decision"] == "keep":
        return f"kept, not promoted: {report['reason']}"
    if report["decision"] == "approve":
        return f"waits for a person ({report['reason']}): kit runs approve {run}"
    return ""


def waits_for_approval(clients: Any, bucket: str, customization: str, run: str) -> bool:
    return _read(clients, bucket, customization, run, APPROVAL) is not None


def is_promoted(clients: Any, kit_deployment: str, customization: str, run: str) -> bool:
    """Whatever the report says: a person may have promoted it later."""
    ssm = clients("ssm")
    try:
        value = ssm.get_parameter(Name=customization_promoted(kit_deployment, customization))["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        return False
    return bool(json.loads(value).get("run_id") == run)


def _line(name: str, metric: dict[str, Any]) -> str:
    text = f"{name} {metric['candidate']['mean']:.2f}"
    difference = metric["difference"]
    if not difference:
        return text
    return (
        f"{text}, what served {metric['baseline']['mean']:.2f}, difference {difference['mean']:+.2f} "
        f"({difference['low']:+.2f} to {difference['high']:+.2f})"
    )


def _read(clients: Any, bucket: str, customization: str, run: str, name: str) -> dict[str, Any] | None:
    key, s3 = f"{run_names.run_prefix(customization, run)}{name}", clients("s3")
    try:
        value: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    except s3.exceptions.NoSuchKey:
        return None
    return value
