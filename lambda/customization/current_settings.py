"""What deployment.toml says now of a run's promotion: it may have changed during days of training or a canary."""

import json
from dataclasses import replace
from typing import TYPE_CHECKING

from customization.promotion_targets.target import PromotionError
from kit_contract import parameters
from kit_contract.runs import Run, RunSpecification

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def with_current_settings(run: Run, ssm: "SSMClient") -> Run:
    """The run with the alias, the targets and the checks of the deployed settings. Raises PromotionError if they are
    gone: a customization that is renamed during its run leaves the model to the one with the new name.

    A run that was started without checks stays without.
    """
    given = run.specification
    name = parameters.customization_specification(run.kit_deployment, given.customization)
    try:
        value = ssm.get_parameter(Name=name)["Parameter"]["Value"]
    except ssm.exceptions.ParameterNotFound:
        raise PromotionError(
            f"{given.customization} was removed from deployment.toml; its model is kept: add it again and deploy to "
            "promote it"
        ) from None
    now = RunSpecification.from_json(json.loads(value))
    specification = replace(
        given,
        alias=now.alias,
        serving=now.serving,
        deployment_name=now.deployment_name,
        provisioned_model_name=now.provisioned_model_name,
        promotion=now.promotion if given.promotion else None,
    )
    return replace(run, specification=specification)
