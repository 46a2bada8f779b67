"""`kit drift`: what CloudFormation and the kit find, and the exit code that a nightly pipeline goes by."""

from __future__ import annotations

import datetime
import json
from types import SimpleNamespace
from typing import Any

import boto3
import pytest
from botocore.validate import validate_parameters

from kit.__main__ import main
from kit.drift import command, own
from kit.drift.finding import Finding, Kind
from kit.drift.own import day_of, drift_of_serving, ends_and_prices
from kit.drift.stacks import drift_of_stacks
from model_catalog.prices import prices
from tests.deployment_file import shipped_config, shipped_file
from tests.kit.verify.fake_account import refused

ARN = "arn:aws:cloudformation:us-east-1:111122223333:stack/s/1"
ABSENT = refused("ValidationError", "Stack [gone] does not exist")


class CloudFormation:
    """Answers that botocore checks. `statuses`: those of the detection, in order."""

    def __init__(self, drifts: list[dict[str, Any]], statuses: list[str] | None = None) -> None:
        self.drifts, self.statuses = drifts, statuses or ["DETECTION_COMPLETE"]
        self.client: Any = boto3.client(
            "cloudformation", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
        )
        self.client.meta.events.register("before-call.cloudformation", self._answer)

    def _answer(self, model: Any, params: dict[str, Any], **_: Any) -> tuple[Any, Any]:
        answer = getattr(self, model.name)(params["body"])
        validate_parameters(answer, model.output_shape)
        return SimpleNamespace(status_code=200), answer

    def DetectStackDrift(self, body: dict[str, Any]) -> dict[str, Any]:
        if body["StackName"] == "stuck":
            raise refused("ValidationError", "Stack [stuck] is in UPDATE_FAILED state")
        if body["StackName"] == "gone":
            raise ABSENT
        return {"StackDriftDetectionId": body["StackName"]}

    def DescribeStackDriftDetectionStatus(self, body: dict[str, Any]) -> dict[str, Any]:
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        reason = {"DetectionStatusReason": "you may not read its role"} if status == "DETECTION_FAILED" else {}
        identity = {"StackId": ARN, "StackDriftDetectionId": body["StackDriftDetectionId"], "Timestamp": NOW}
        return {**identity, "DetectionStatus": status, **reason}

    def DescribeStackResourceDrifts(self, body: dict[str, Any]) -> dict[str, Any]:
        start = int(body.get("NextToken", 0))
        more = {"NextToken": str(start + 1)} if start + 1 < len(self.drifts) else {}
        return {"StackResourceDrifts": self.drifts[start : start + 1], **more}


NOW = datetime.datetime(2026, 11, 27, tzinfo=datetime.UTC)


def drift(logical_id: str, status: str, *differences: tuple[str, str, str]) -> dict[str, Any]:
    properties = [
        {"PropertyPath": path, "ExpectedValue": was, "ActualValue": now, "DifferenceType": "NOT_EQUAL"}
        for path, was, now in differences
    ]
    return {
        "StackId": ARN,
        "LogicalResourceId": logical_id,
        "ResourceType": "AWS::SQS::Queue",
        "StackResourceDriftStatus": status,
        "PropertyDifferences": properties,
        "Timestamp": NOW,
    }


def test_changed_and_deleted_resources_of_every_page_are_told() -> None:
    found = [drift("Queue", "MODIFIED", ("/DelaySeconds", "0", "9")), drift("Rule", "DELETED")]
    aws, slept = CloudFormation(found, ["DETECTION_IN_PROGRESS", "DETECTION_COMPLETE"]), list[float]()

    changed, deleted = drift_of_stacks(aws.client, ["s"], slept.append)

    assert (changed.what, changed.why) == ("s: Queue (AWS::SQS::Queue)", "/DelaySeconds is 9, deployed as 0")
    assert (deleted.what, deleted.why) == ("s: Rule (AWS::SQS::Queue)", "it was deleted")
    assert len(slept) == 1


def test_what_the_kit_itself_writes_is_no_drift() -> None:
    written = {**drift("Last", "MODIFIED"), "PhysicalResourceId": "/bedrock-kit/sup/knowledge-base/docs/last-ingestion"}

    assert list(drift_of_stacks(CloudFormation([written]).client, ["s"])) == []


def test_a_stack_that_is_gone_and_a_detection_that_failed_are_no_silence() -> None:
    aws = CloudFormation([], ["DETECTION_FAILED"])

    gone, stuck, failed = drift_of_stacks(aws.client, ["gone", "stuck", "s"])

    assert (stuck.why, stuck.do) == ("Stack [stuck] is in UPDATE_FAILED state", "kit deploy")
    assert (gone.kind, gone.what, gone.why, gone.do) == (Kind.STACK, "gone", "it is not deployed", "kit deploy")
    assert (failed.kind, failed.what, failed.why) == (Kind.UNKNOWN, "s", "you may not read its role")


def test_what_a_deploy_would_repair_is_drift(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing(config: Any, clients: Any, say: Any) -> list[str]:
        say("2 documents are missing")
        say("warning: the guardrail cannot be looked at")
        return []

    monkeypatch.setattr(own, "restoring_arguments", missing)
    monkeypatch.setattr(own, "generation_arguments", lambda *_: [])
    monkeypatch.setattr(own, "stack_outputs", lambda *_: {"TrainingBucket": "b"})
    monkeypatch.setattr(own, "reason_to_look", lambda *_: "support is not served by the model of the last deploy")

    found = list(drift_of_serving(shipped_config(), lambda _: None))

    assert [item.kind for item in found] == [Kind.SERVING, Kind.UNKNOWN, Kind.SERVING]
    monkeypatch.setattr(own, "reason_to_look", lambda *_: "data in S3 may have changed")
    assert list(drift_of_serving(shipped_config(), lambda _: None))[2].kind is Kind.UNKNOWN


def test_models_that_end_and_old_prices_are_told_in_time() -> None:
    newest = day_of(max(price.date for price in prices() if price.entered == "api"))
    config = shipped_config()

    assert [item.kind for item in ends_and_prices(config, newest) if item.kind is Kind.PRICES] == []
    (old,) = [
        item for item in ends_and_prices(config, newest + datetime.timedelta(days=91)) if item.kind is Kind.PRICES
    ]
    assert f"the newest price is of {newest:%Y-%m}" in old.why


def test_an_end_of_life_names_the_setting(monkeypatch: pytest.MonkeyPatch) -> None:
    texts = ["inference_api.aliases.a.model: x reaches end of life on 2026-12-01", "b.c: y is not in the model catalog"]
    monkeypatch.setattr(own, "model_warnings", lambda *_: iter(texts))

    ends, unknown = [item for item in ends_and_prices(shipped_config(), NOW.date()) if item.kind is not Kind.PRICES]

    assert (ends.kind, ends.what) == (Kind.END_OF_LIFE, "inference_api.aliases.a.model")
    assert unknown.kind is Kind.UNKNOWN


@pytest.mark.parametrize(
    ("findings", "code"),
    [
        ([], 0),
        ([Finding(Kind.UNKNOWN, "a", "b")], 3),
        ([Finding(Kind.UNKNOWN, "a", "b"), Finding(Kind.PRICES, "c", "d", "kit deploy")], 1),
    ],
)
def test_the_exit_code(
    findings: list[Finding], code: int, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(command, "your_account", lambda *_: SimpleNamespace(client=lambda _: None))
    for name in ("drift_of_serving", "ends_and_prices"):
        monkeypatch.setattr(command, name, lambda *_: iter([]))
    monkeypatch.setattr(command, "drift_of_stacks", lambda *_: iter(findings))

    assert main(["drift", "--config", str(shipped_file())]) == code
    assert capsys.readouterr().out
    assert main(["drift", "--config", str(shipped_file()), "--json"]) == code
    assert len(json.loads(capsys.readouterr().out)["findings"]) == len(findings)
