"""[training.customizations.*.evaluation]: what a model must show on held-out records before it is promoted."""

from typing import Annotated, Literal

from pydantic import Field

from deployment.sections.section import EmailAddress, FilePath, ModelId, Section

Decision = Literal["promote", "approve", "keep"]
Metric = Literal["exact_match", "token_f1", "rouge_l", "json_valid", "win_rate"]
JobMetric = Literal[
    "correctness",
    "completeness",
    "faithfulness",
    "helpfulness",
    "coherence",
    "relevance",
    "following_instructions",
    "professional_style_and_tone",
    "no_harmfulness",
    "no_stereotyping",
    "no_refusal",
]


class MetricThreshold(Section):
    """`at_least`: of the model's mean. `better_by`: of its difference to what serves now."""

    at_least: Annotated[float, Field(ge=0, le=1)] | None = None
    better_by: Annotated[float, Field(ge=-1, lt=1)] | None = None


class BedrockJob(Section):
    """Bedrock's evaluation jobs: `evaluator_model` judges each answer by each metric."""

    evaluator_model: ModelId
    metrics: Annotated[dict[JobMetric, MetricThreshold], Field(min_length=1)]


class Evaluation(Section):
    """`above`, `between`, `below`: what happens when all thresholds are passed, some are unclear, one is failed."""

    dataset: Annotated[list[FilePath], Field(min_length=1)]
    metrics: Annotated[dict[Metric, MetricThreshold], Field(min_length=1)]
    baseline_model: ModelId | None = None
    judge_model: ModelId | None = None
    max_records: Annotated[int, Field(ge=10, le=2_000)] = 200
    max_tokens: Annotated[int, Field(ge=1, le=8_192)] = 512
    confidence: Annotated[float, Field(ge=0.5, le=0.999)] = 0.95
    above: Decision = "promote"
    between: Decision = "approve"
    below: Decision = "keep"
    approval_hours: Annotated[int, Field(ge=1, le=336)] = 72
    notify: list[EmailAddress] = []
    bedrock_job: BedrockJob | None = None

    @property
    def thresholds(self) -> dict[str, MetricThreshold]:
        """Of all metrics."""
        judged = self.bedrock_job.metrics.items() if self.bedrock_job else ()
        return dict([*self.metrics.items(), *judged])
