"""What `kit local up` says of an evaluation: the metrics, and what became of the model."""

import io
import json
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from kit.local.evaluations import is_promoted, outcome_of, waits_for_approval
from kit.progress import Progress

RUN = "0123456789abcdef"


def metric(mean: float, baseline: float | None = None) -> dict[str, Any]:
    def around(value: float) -> dict[str, float]:
        return {"mean": value, "low": value - 0.1, "high": value + 0.1}

    other = None if baseline is None else around(baseline)
    return {"candidate": around(mean), "baseline": other, "difference": other and around(mean - (baseline or 0))}


def clients(report: dict[str, Any] | None, name: str = "evaluation.json") -> Any:
    s3 = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1").client("s3")
    stub, expected = Stubber(s3), {"Bucket": "b", "Key": f"runs/support/{RUN}/{name}"}
    if report is None:
        stub.add_client_error("get_object", "NoSuchKey", expected_params=expected)
    else:
        stub.add_response("get_object", {"Body": io.BytesIO(json.dumps(report).encode())}, expected)
    stub.activate()
    return lambda _: s3


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("promote", ""),
        ("keep", "kept, not promoted: too few words"),
        ("approve", f"waits for a person (too few words): kit runs approve {RUN}"),
    ],
)
def test_the_outcome_and_the_metrics(decision: str, outcome: str) -> None:
    output = io.StringIO()
    metrics = {"token_f1": metric(0.53, 0.11), "win_rate": metric(0.5)}
    report = {"decision": decision, "reason": "too few words", "metrics": metrics}

    assert outcome_of(clients(report), "b", "support", RUN, Progress(1, output)) == outcome
    assert "token_f1 0.53, what served 0.11, difference +0.42 (+0.32 to +0.52)" in output.getvalue()
    assert "win_rate 0.50\n" in output.getvalue()


def test_a_run_without_an_evaluation_says_nothing() -> None:
    output = io.StringIO()

    assert outcome_of(clients(None), "b", "support", RUN, Progress(1, output)) == ""
    assert output.getvalue() == ""


def test_a_run_waits_as_long_as_its_token_is_there() -> None:
    assert waits_for_approval(clients({}, "approval.json"), "b", "support", RUN)
    assert not waits_for_approval(clients(None, "approval.json"), "b", "support", RUN)


@pytest.mark.parametrize(("run", "promoted"), [(RUN, True), ("ffffffffffffffff", False), (None, False)])
def test_a_model_that_a_person_promoted_later_is_promoted(run: str | None, promoted: bool) -> None:
    ssm = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="us-east-1").client("ssm")
    stub, expected = Stubber(ssm), {"Name": "/bedrock-kit/sup/customizations/support/promoted"}
    if run is None:
        stub.add_client_error("get_parameter", "ParameterNotFound", expected_params=expected)
    else:
        stub.add_response("get_parameter", {"Parameter": {"Value": json.dumps({"run_id": run})}}, expected)
    stub.activate()

    assert is_promoted(lambda _: ssm, "sup", "support", RUN) is promoted
