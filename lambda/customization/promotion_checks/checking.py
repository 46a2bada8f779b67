"""What the checks of one promotion work with: the execution's state, the clients, the time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from customization.current_settings import with_current_settings
from customization.promotion_checks.measurements import measured
from kit_contract.promotion_events import Compared, Decision, Measured
from kit_contract.runs import Run

if TYPE_CHECKING:
    from mypy_boto3_bedrock import BedrockClient
    from mypy_boto3_cloudwatch import CloudWatchClient
    from mypy_boto3_ssm import SSMClient

    from customization.promotion_checks.smoke_test import Converse

LOOKS = 60  # at a canary or a watch, at most; at least a minute lies between two
METRICS_DELAY = 120  # seconds until CloudWatch has made metrics of log lines
# An entry that no workflow ends: the promotion in place takes up to an hour, and may wait for its turn.
ENTRY_ENDS = 2 * 3600


@dataclass(frozen=True)
class Checking:
    """`state` is that of the execution, with earlier answers. `now`: seconds since 1970."""

    state: Mapping[str, Any]
    model_arn: str
    bedrock: "BedrockClient"
    cloudwatch: "CloudWatchClient"
    converse: "Converse"
    ssm: "SSMClient"
    now: float

    @property
    def given(self) -> Run:
        """The run with the settings of its start."""
        return Run.from_json(self.state)

    def current(self) -> Run:
        """The run with the settings of now. Raises PromotionError if they are gone."""
        return with_current_settings(self.given, self.ssm)

    def measured(self, variant: str, since: float) -> Measured:
        """Under the alias of the run's start: a renamed one has no canary. Raises MeasurementBusyError."""
        return measured(self.cloudwatch, self.given, variant, since=since, until=self.now)

    def has_ended(self, minutes: int, wait_seconds: int) -> bool:
        """Whether the workflow has waited for so long, and for the metrics of the end. It counts its looks."""
        waited: int = self.state["look"]["count"] * wait_seconds
        return waited >= 60 * minutes + METRICS_DELAY

    @property
    def timestamp(self) -> str:
        return datetime.fromtimestamp(self.now, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def pause(minutes: int) -> int:
    """Seconds between two looks."""
    return max(60, 60 * minutes // LOOKS)


def compared(decision: Decision, reason: str, tried: Measured, serving: Measured) -> Compared:
    return {"decision": decision, "reason": reason, "tried": tried, "serving": serving}
