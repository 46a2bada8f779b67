"""A training run, from the stack through the starter to the functions of the workflow.

CloudFormation writes a RunSpecification into an SSM parameter. The starter combines it with a dataset into a Run, the
input of the workflow's execution. Parameters and executions outlive a release: the keys of their JSON stay as they are.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import MISSING, dataclass, field, fields
from typing import Any, Literal

from kit_contract import run_names
from kit_contract.dataset_limits import DatasetLimits
from kit_contract.errors import InputError
from kit_contract.evaluations import EvaluationSpecification
from kit_contract.promotion_checks import PromotionChecks

Hyperparameters = Mapping[str, str]  # strings, as CreateModelCustomizationJob takes them
Serving = Literal["on-demand", "provisioned"]
# Left out of the JSON when empty: the workflow asks whether a key is present.
OPTIONAL = ("validation_key", "job_members", "method_settings", "parent", "evaluation", "promotion")


@dataclass(frozen=True, kw_only=True)
class RunSpecification:
    """What all runs of one customization have in common.

    `provisioned_model_name` and `validation_key` are empty without a provisioned throughput or a validation set.
    `job_members` are members of CreateModelCustomizationJob that only some jobs have, as Step Functions spells them.
    `method_settings` names everything of the method that changes the model, in any text. `parent` is what is trained
    further: the id of a run, or the ARN of a custom model. All three are empty for fine-tuning of a foundation model.
    `evaluation` is None where every model is promoted, `promotion` where it is promoted without checks.
    """

    customization: str
    alias: str
    base_model: str
    method: str
    hyperparameters: Hyperparameters
    limits: DatasetLimits
    serving: Serving
    deployment_name: str
    provisioned_model_name: str
    role_arn: str
    bucket: str
    validation_key: str = ""
    job_members: Mapping[str, Any] = field(default_factory=dict)
    method_settings: str = ""
    parent: str = ""
    evaluation: EvaluationSpecification | None = None
    promotion: PromotionChecks | None = None

    def to_json(self) -> dict[str, Any]:
        value = {item.name: getattr(self, item.name) for item in fields(self)}
        optional = {name: value.pop(name) for name in OPTIONAL}
        value |= value.pop("limits").to_json()
        value["data_prefix"] = run_names.data_prefix(self.customization)
        value["output_prefix"] = run_names.output_prefix(self.customization)
        if self.evaluation:
            optional["evaluation"] = self.evaluation.to_json()
        if self.promotion:
            optional["promotion"] = self.promotion.to_json()
        return value | {name: item for name, item in optional.items() if item}

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "RunSpecification":
        """Also reads what earlier releases wrote. Raises InputError if a key is missing."""
        # Once, the one deployment name stood for either kind of target.
        earlier = value.get("deployment_name", "") if value.get("serving") == "provisioned" else ""
        limits = DatasetLimits.from_json(value)
        given = _known(cls, {"provisioned_model_name": earlier, **value, "limits": limits})
        if evaluation := given.get("evaluation"):
            given["evaluation"] = EvaluationSpecification.from_json(evaluation)
        if "promotion" in given:
            given["promotion"] = PromotionChecks.from_json(given["promotion"])
        return cls(**given)

    def run_id(self, dataset_sha256: str) -> str:
        return run_names.run_id(
            base_model=self.base_model,
            method=self.method,
            hyperparameters=self.hyperparameters,
            dataset_sha256=dataset_sha256,
            validation_key=self.validation_key,
            method_settings=self.method_settings,
            parent=self.parent,
        )


@dataclass(frozen=True, kw_only=True)
class Run:
    """The input of one execution. `job_arn` is empty until the job is complete.

    `chosen`: why a person chose this run's model; nothing is trained in its place if it is gone.
    """

    specification: RunSpecification
    kit_deployment: str
    run_id: str
    key: str
    dataset_sha256: str
    custom_model_name: str
    execution_name: str
    job_arn: str = ""
    chosen: str = ""

    @property
    def prefix(self) -> str:
        return run_names.run_prefix(self.specification.customization, self.run_id)

    @property
    def token(self) -> str:
        """A client request token: tokens of other deployments in the same account and Region are other ones."""
        return hashlib.sha256(f"{self.kit_deployment}/{self.execution_name}".encode()).hexdigest()[:32]

    @property
    def output_prefix(self) -> str:
        return f"{run_names.output_prefix(self.specification.customization)}{self.run_id}/"

    def to_json(self) -> dict[str, Any]:
        """The execution's input. The workflow adds the job, so it is left out."""
        value = {item.name: getattr(self, item.name) for item in fields(self) if item.name != "job_arn"}
        if not value["chosen"]:
            del value["chosen"]
        value["specification"] = self.specification.to_json()
        value["deployment"] = value.pop("kit_deployment")
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "Run":
        """Reads the state of an execution at any step. Raises InputError if a key is missing."""
        given = dict(value)
        if "deployment" in given:
            given["kit_deployment"] = given["deployment"]
        given["job_arn"] = given.get("model", {}).get("job_arn", "")
        given = _known(cls, given)
        return cls(**{**given, "specification": RunSpecification.from_json(given["specification"])})


def new_run(specification: RunSpecification, *, kit_deployment: str, key: str, dataset_sha256: str) -> Run:
    """The first attempt at this content: the same specification and dataset give the same run."""
    run, customization = specification.run_id(dataset_sha256), specification.customization
    return Run(
        specification=specification,
        kit_deployment=kit_deployment,
        run_id=run,
        key=key,
        dataset_sha256=dataset_sha256,
        custom_model_name=run_names.custom_model_name(kit_deployment, customization, run),
        execution_name=run_names.execution_name(customization, run),
    )


def _known(cls: type[Run] | type[RunSpecification], value: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of `cls` in `value`, without what the workflow or another release added."""
    required = [item.name for item in fields(cls) if item.default is MISSING and item.default_factory is MISSING]
    missing = [name for name in required if name not in value]
    if missing:
        raise InputError(f"{cls.__name__} has no {', '.join(missing)}, got {sorted(value)}; deploy the kit again")
    return {item.name: value[item.name] for item in fields(cls) if item.name in value}
