"""Kinds of customization jobs: which members a request has. A state's parameters cannot leave a member out.

The workflow has one state for each kind in use, and chooses it by what the run's specification holds.
"""

from dataclasses import dataclass
from typing import Any

from aws_cdk import aws_stepfunctions as sfn

from kit_contract.runs import RunSpecification

VERBS = {"FINE_TUNING": "Train", "DISTILLATION": "Distill", "REINFORCEMENT_FINE_TUNING": "Reinforce"}
# Member of CreateModelCustomizationJob -> what the state's name says of it
JOB_MEMBERS = {
    "TrainingDataConfig": "FromLogs",
    "CustomizationConfig": "",
    "VpcConfig": "InVpc",
    "CustomModelKmsKeyId": "WithKey",
}
VALIDATION_URI = "States.Format('s3://{}/{}', $.specification.bucket, $.specification.validation_key)"
DATA_URI = "States.Format('s3://{}/{}', $.specification.bucket, $.key)"


@dataclass(frozen=True, order=True)
class JobKind:
    """`members` are keys of JOB_MEMBERS; `further` is True if a custom model is trained further."""

    method: str = "FINE_TUNING"
    validated: bool = False
    further: bool = False
    members: tuple[str, ...] = ()

    @classmethod
    def of(cls, item: RunSpecification) -> "JobKind":
        if unknown := set(item.job_members) - set(JOB_MEMBERS):
            raise ValueError(f"job_members must be of {', '.join(JOB_MEMBERS)}, got {', '.join(sorted(unknown))}")
        members = tuple(name for name in JOB_MEMBERS if name in item.job_members)
        return cls(item.method, bool(item.validation_key), bool(item.parent), members)

    @property
    def is_plain(self) -> bool:
        """Whether the state Train or TrainAndValidate creates the job: fine-tuning of a foundation model."""
        return self.method == "FINE_TUNING" and not self.further and not self.members

    @property
    def state_name(self) -> str:
        parts = [VERBS[self.method], "Further" if self.further else "", *(JOB_MEMBERS[name] for name in self.members)]
        return "".join([*parts, "AndValidate" if self.validated else ""])

    @property
    def condition(self) -> sfn.Condition:
        present = {f"job_members.{name}": name in self.members for name in JOB_MEMBERS}
        present |= {"validation_key": self.validated, "parent": self.further}
        paths = {f"$.specification.{name}": wanted for name, wanted in present.items()}
        return sfn.Condition.and_(
            sfn.Condition.string_equals("$.specification.method", self.method),
            *(sfn.Condition.is_present(path) for path, wanted in paths.items() if wanted),
            *(sfn.Condition.is_not_present(path) for path, wanted in paths.items() if not wanted),
        )

    @property
    def parameters(self) -> dict[str, Any]:
        """What the request has beside the names, the role, the output and the tags, which every job has."""
        base = "$.check.base_model" if self.further else "$.specification.base_model"
        found: dict[str, Any] = {"BaseModelIdentifier.$": base, "CustomizationType.$": "$.specification.method"}
        if self.method == "FINE_TUNING":  # the others have them in their CustomizationConfig, or none
            found["HyperParameters.$"] = "$.specification.hyperparameters"
        if "TrainingDataConfig" not in self.members:
            found["TrainingDataConfig"] = {"S3Uri.$": DATA_URI}
        if self.validated:
            found["ValidationDataConfig"] = {"Validators": [{"S3Uri.$": VALIDATION_URI}]}
        return found | {f"{name}.$": f"$.specification.job_members.{name}" for name in self.members}
