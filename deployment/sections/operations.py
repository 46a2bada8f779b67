"""[operations]: alarms that reach somebody, and a dashboard."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from deployment.sections.section import EmailAddress, Section, TopicArn

Percent = Annotated[float, Field(gt=0, le=100, allow_inf_nan=False)]


class Operations(Section):
    """Alarms go to `emails` (each confirms the subscription once) and to `topic_arn`, a topic of yours.

    An alarm is raised when, in three of the last five periods of five minutes, more than `error_percent` of the API's
    requests failed (5xx), their p99 was above `p99_seconds`, more than `fallback_percent` of the answers came from
    another than the first target, or Bedrock throttled more than `throttles` calls; and when a run or an ingestion
    fails. `min_requests`: periods with fewer requests raise no alarm of a percentage or of a p99.
    """

    emails: Annotated[list[EmailAddress], Field(max_length=10)] = []
    topic_arn: TopicArn | None = None
    error_percent: Percent = 5.0
    p99_seconds: Annotated[float, Field(gt=0, le=900, allow_inf_nan=False)] = 60.0
    fallback_percent: Percent = 20.0
    throttles: Annotated[int, Field(ge=0, le=1_000_000)] = 20
    min_requests: Annotated[int, Field(ge=1, le=1_000_000)] = 10
    dashboard: bool = True

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if not self.emails and not self.topic_arn:
            raise ValueError("alarms reach nobody: add emails = [...] or topic_arn")
        return self
