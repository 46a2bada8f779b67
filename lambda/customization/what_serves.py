"""Whether targets and parameters are as a promotion leaves them: for the starter, which promotes where they are not."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from customization.promotion_targets.target import Phase
from customization.promotion_targets.targets import targets_of
from kit_contract import parameters
from kit_contract.aws_errors import says_absent, says_denied
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient


def is_promoted(run: Run, model_arn: str, *, bedrock: "BedrockClient", ssm: "SSMClient") -> bool:
    """Whether every target serves `model_arn` and the parameters are those that a promotion of this run writes."""
    specification = run.specification
    try:
        progress = [target.progress(model_arn) for target in targets_of(specification, bedrock)]
    except Exception as error:
        if not says_absent(error) and not says_denied(error):
            raise
        return False  # the promotion creates it, or says that another deployment has the name
    if any(item.phase is not Phase.READY for item in progress):
        return False
    if last_promotion(run, ssm).get("custom_model_arn") != model_arn:
        return False
    if specification.serving != "on-demand":
        return True
    serving = serving_of(run, ssm)
    return (serving.get("target_arn"), serving.get("custom_model_arn")) == (progress[0].target_arn, model_arn)


def serves_already(run: Run, model_arn: str, ssm: "SSMClient") -> bool:
    """Whether callers of the alias have this model, or had it last: its deployment or parameter may be gone."""
    serving = serving_of(run, ssm)
    return model_arn in (serving.get("custom_model_arn"), last_promotion(run, ssm).get("custom_model_arn"))


def awaits_checks(run: Run, model_arn: str, ssm: "SSMClient") -> bool:
    """Whether the promotion of the model includes checks, which may take longer than a deploy may wait."""
    checks = run.specification.promotion
    return checks is not None and checks.asks and not serves_already(run, model_arn, ssm)


def last_promotion(run: Run, ssm: "SSMClient") -> Mapping[str, Any]:
    """What the last promotion of the run's customization wrote; empty before the first."""
    return _parameter(parameters.customization_promoted(run.kit_deployment, run.specification.customization), ssm)


def serving_of(run: Run, ssm: "SSMClient") -> Mapping[str, Any]:
    """What the last promotion of the run's alias wrote; empty while its foundation model serves it."""
    return _parameter(parameters.alias_serving(run.kit_deployment, run.specification.alias), ssm)


def _parameter(name: str, ssm: "SSMClient") -> Mapping[str, Any]:
    try:
        value = json.loads(ssm.get_parameter(Name=name)["Parameter"]["Value"])
    except ssm.exceptions.ParameterNotFound:
        return {}
    return value if isinstance(value, dict) else {}
