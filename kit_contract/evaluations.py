"""An evaluation between training and promotion: its settings in a run's specification, its events and its verdicts.

The JSON of the settings lies in SSM parameters and in the input of executions: its keys stay as they are.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from typing import Any, Literal, NotRequired, TypedDict

from kit_contract.evaluation_jobs import METRICS

Decision = Literal["promote", "approve", "keep"]
REPORT = "evaluation.json"
READABLE_REPORT, MARKDOWN = "evaluation.md", "text/markdown; charset=utf-8"
APPROVAL = "approval.json"
# Of a StartResult's reason: the model lost its evaluation, and nothing is wrong.
KEPT = "kept: "
# And "outcome" in the output of its execution.
KEPT_OUTCOME = "kept"
WIN_RATE = "win_rate"
NOT_SETTINGS = ("prices", "topic_arn", "approval_seconds")


@dataclass(frozen=True)
class Threshold:
    """`at_least`: of the candidate's mean. `better_by`: of the difference to what serves now. None: not asked."""

    at_least: float | None = None
    better_by: float | None = None


@dataclass(frozen=True, kw_only=True)
class EvaluationSpecification:
    """`baseline` answers while no custom model serves the alias. `prices`: role -> USD per input and output token.

    `evaluator_model` judges for the metrics of evaluation jobs; empty without one of them.
    """

    dataset_key: str
    metrics: Mapping[str, Threshold]
    baseline: str
    judge_model: str = ""
    evaluator_model: str = ""
    max_records: int = 200
    max_tokens: int = 512
    confidence: float = 0.95
    above: Decision = "promote"
    between: Decision = "approve"
    below: Decision = "keep"
    approval_seconds: int = 259_200
    topic_arn: str = ""
    prices: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def to_json(self) -> dict[str, Any]:
        """Without what is empty: a parameter of SSM holds 4,096 characters."""
        value = {key: item for key, item in asdict(self).items() if item not in ("", {}, None)}
        value["metrics"] = {
            name: {key: item for key, item in asdict(threshold).items() if item is not None}
            for name, threshold in self.metrics.items()
        }
        if self.prices:
            value["prices"] = {role: list(both) for role, both in self.prices.items()}
        return value

    @classmethod
    def from_json(cls, value: Mapping[str, Any]) -> "EvaluationSpecification":
        given = {item.name: value[item.name] for item in fields(cls) if item.name in value}
        given["metrics"] = {name: Threshold(**threshold) for name, threshold in value["metrics"].items()}
        given["prices"] = {role: (both[0], both[1]) for role, both in value.get("prices", {}).items()}
        return cls(**given)

    @property
    def job_metrics(self) -> list[str]:
        """Those that evaluation jobs score."""
        return [name for name in self.metrics if name in METRICS]

    @property
    def decisive(self) -> list[str]:
        """Those with a threshold."""
        return [name for name, threshold in self.metrics.items() if threshold != Threshold()]

    @property
    def settings_hash(self) -> str:
        """Of everything that can change a verdict."""
        content = {key: value for key, value in self.to_json().items() if key not in NOT_SETTINGS}
        return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()[:16]


class EvaluationRequest(TypedDict):
    """From the workflow; `run` is the state of the execution. `prepared` is the answer to the action `prepare`."""

    action: Literal["prepare", "ask", "judge", "score", "end", "request_approval", "conclude"]
    run: Mapping[str, Any]
    custom_model_arn: str
    prepared: NotRequired["Prepared"]
    task_token: NotRequired[str]
    answer: NotRequired["ApprovalAnswer"]


class Prepared(TypedDict):
    """`needed`: false if the model serves already or has passed this evaluation before.

    `baseline_model` and `baseline_target`: what serves the alias now, and what is called to ask it. `folder` is the
    prefix of the answers. `ask`: false if they are all there.
    """

    needed: bool
    reason: str
    ask: bool
    candidate_arn: str
    baseline_model: str
    baseline_target: str
    folder: str


class Asked(TypedDict):
    done: bool
    asked: int
    records: int


class JobsJudged(TypedDict):
    """`done`: whether the evaluation jobs have judged all answers."""

    done: bool


class Verdict(TypedDict):
    decision: Decision
    reason: str
    report_key: str


class ApprovalAnswer(TypedDict):
    """What `kit runs approve` sends to the waiting execution. `by` is the ARN of the caller."""

    decision: Literal["promote", "keep"]
    by: str
    reason: str
