"""The way back from a first custom model: the alias is served by its base model again."""

import json
from typing import TYPE_CHECKING

from customization.serving_parameter import ServingParameter
from kit_contract.parameters import customization_promoted
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_ssm import SSMClient


def return_to_base(run: Run, ssm: "SSMClient", *, why: str, now: str) -> None:
    """The deployment stays for the next promotion, and costs nothing. The history says what happened."""
    ServingParameter(run, ssm).remove()
    value = {"custom_model_arn": "", "run_id": "", "promoted_at": now, "why": why}
    name = customization_promoted(run.kit_deployment, run.specification.customization)
    ssm.put_parameter(Name=name, Value=json.dumps(value), Type="String", Overwrite=True)
