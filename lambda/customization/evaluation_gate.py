"""Whether a model may be promoted: a verdict of an evaluation is not asked for twice, and not passed over."""

import json
from enum import Enum
from typing import TYPE_CHECKING, Any, NamedTuple

from customization.what_serves import last_promotion, serving_of
from kit_contract import evaluations
from kit_contract.aws_errors import says_absent, says_denied
from kit_contract.evaluations import EvaluationSpecification
from kit_contract.model_arns import is_imported_model
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_s3 import S3Client
    from mypy_boto3_ssm import SSMClient


class Gate(Enum):
    OPEN = "OPEN"
    CLOSED = "CLOSED"
    UNDECIDED = "UNDECIDED"


class GateResult(NamedTuple):
    """Whether the model may be promoted, and why. UNDECIDED: an evaluation will tell."""

    gate: Gate
    reason: str = ""


class Baseline(NamedTuple):
    """`model`: the ARN or id that identifies what serves now. `target`: what is called to ask it."""

    model: str
    target: str


def gate_result(
    run: Run, model_arn: str | None, *, s3: "S3Client", ssm: "SSMClient", bedrock: "BedrockClient"
) -> GateResult:
    """CLOSED only while the settings of the evaluation and what serves are those of the verdict.

    `model_arn` is None while there is no model to promote.
    """
    settings = run.specification.evaluation
    if model_arn is None:
        return GateResult(Gate.UNDECIDED)
    if settings is None:
        return GateResult(Gate.OPEN, "no evaluation is configured")
    if model_arn in (last_promotion(run, ssm).get("custom_model_arn"), serving_of(run, ssm).get("custom_model_arn")):
        return GateResult(Gate.OPEN, "it was promoted before")
    report = read_report(run, s3)
    if report.get("custom_model_arn") != model_arn or report.get("settings_hash") != settings.settings_hash:
        return GateResult(Gate.UNDECIDED)
    if report["decision"] == "promote":
        return GateResult(Gate.OPEN, "it has passed this evaluation before")
    if report["decision"] == "keep" and report["baseline"]["model"] == baseline_of(run, settings, ssm, bedrock).model:
        return GateResult(Gate.CLOSED, str(report["reason"]))
    return GateResult(Gate.UNDECIDED)


def baseline_of(run: Run, settings: EvaluationSpecification, ssm: "SSMClient", bedrock: "BedrockClient") -> Baseline:
    """What serves the alias now: its custom model, or the foundation model where it has none."""
    serving = serving_of(run, ssm)
    target = serving.get("target_arn", "")
    if target:
        try:
            model = _served_model(target, bedrock)
        except Exception as error:
            if not says_absent(error) and not says_denied(error):
                raise  # one that was deleted by hand serves nobody: callers get the foundation model
        else:
            return Baseline(model, target)
    return Baseline(settings.baseline, settings.baseline)


def _served_model(target: str, bedrock: "BedrockClient") -> str:
    if is_imported_model(target):
        return bedrock.get_imported_model(modelIdentifier=target)["modelArn"]
    return bedrock.get_custom_model_deployment(customModelDeploymentIdentifier=target)["modelArn"]


def read_report(run: Run, s3: "S3Client") -> dict[str, Any]:
    """evaluation.json of the run; empty without one. Without ListBucket S3 would deny an absent object."""
    bucket, key = run.specification.bucket, f"{run.prefix}{evaluations.REPORT}"
    listed = s3.list_objects_v2(Bucket=bucket, Prefix=key, MaxKeys=1).get("Contents", [])
    if not any(item["Key"] == key for item in listed):
        return {}
    report: dict[str, Any] = json.loads(s3.get_object(Bucket=bucket, Key=key)["Body"].read())
    return report
