"""Puts a custom model behind its alias. Callers keep the same target ARN while the model changes.

A customization can have a custom model deployment and a provisioned throughput: the alias is published when both serve
the new model.
"""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from customization.current_settings import with_current_settings
from customization.promotion_targets.target import Phase, PromotionError
from customization.promotion_targets.targets import targets_of
from kit_contract import parameters
from kit_contract.model_arns import IMPORTED_MODEL, base_of_custom_model, is_imported_model
from kit_contract.run_events import PromotionProgress, PromotionTarget, PublishedAlias
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_ssm import SSMClient


MAX_WHY = 500  # characters: a parameter holds 4 KB


class Promotion:
    """The core of the promotion step; clients are passed in."""

    def __init__(self, *, bedrock: "BedrockClient", ssm: "SSMClient") -> None:
        self._bedrock = bedrock
        self._ssm = ssm

    def promote(self, run: Run, model_arn: str) -> PromotionTarget:
        """Begin to serve `model_arn`. Raises PromotionError, PromotionBusyError."""
        run = with_current_settings(run, self._ssm)
        arns = [target.promote(run, model_arn) for target in targets_of(run.specification, self._bedrock)]
        return {"target_arn": arns[0]}

    def status(self, run: Run, model_arn: str) -> PromotionProgress:
        """READY when every target serves `model_arn`. Raises PromotionError on failure or an unknown status.

        The target is the custom model deployment, if there is one, else the provisioned throughput.
        """
        run = with_current_settings(run, self._ssm)
        progress = [target.progress(model_arn) for target in targets_of(run.specification, self._bedrock)]
        for item in progress:
            if item.phase is Phase.FAILED:
                raise PromotionError(
                    f"{item.name} failed to serve {model_arn}: {item.reason or 'no reason given'}; fix the cause "
                    "(delete the target if it could not be created), then upload the data again"
                )
        ready = all(item.phase is Phase.READY for item in progress)
        return {"status": "READY" if ready else "IN_PROGRESS", "target_arn": progress[0].target_arn}

    def publish(self, run: Run, model_arn: str, target_arn: str, *, now: str, why: str = "") -> PublishedAlias:
        """Write the promoted parameter and the alias's serving parameter: from now on callers get the custom model.

        The capacity parameter belongs to the provisioned throughput, whose ARN stays the same. `why`: for the history,
        if the model is not simply that of the settings.
        """
        run = with_current_settings(run, self._ssm)
        specification = run.specification
        promoted = {"custom_model_arn": model_arn, "run_id": run.run_id, "promoted_at": now}
        if why or run.chosen:
            promoted["why"] = (why or run.chosen)[:MAX_WHY]
        self._put(parameters.customization_promoted(run.kit_deployment, specification.customization), promoted)
        if specification.serving == "on-demand":
            value = {
                "target_arn": target_arn,
                "kind": "custom-model-deployment",
                "custom_model_arn": model_arn,
                "base_model": base_of_custom_model(model_arn) or specification.base_model,
                "run_id": run.run_id,
                "published_at": now,
            }
            if is_imported_model(target_arn):  # no deployment tells whose it is
                value |= {"kind": IMPORTED_MODEL, "customization": specification.customization}
            self._put(parameters.alias_serving(run.kit_deployment, specification.alias), value)
        return {"alias": specification.alias, "target_arn": target_arn}

    def _put(self, name: str, value: Mapping[str, str]) -> None:
        self._ssm.put_parameter(Name=name, Value=json.dumps(value), Type="String", Overwrite=True)
