"""Alarms: each says what to do, and those of one fault are one message."""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from bedrock_constructs.operations.signals import PERIOD, TARGET_KINDS, ApiSignals, executions, failed_delivery
from kit_contract.invocation_logging import DELIVERIES


@dataclass(frozen=True)
class Thresholds:
    """`throttles`: calls in five minutes. `min_requests`: in five minutes; fewer say nothing in percent."""

    error_percent: float = 5.0
    p99_seconds: float = 60.0
    fallback_percent: float = 20.0
    throttles: int = 20
    min_requests: int = 10


class ApiAlarms(Construct):
    """`alarms` have no actions: CompositeAlarms of them do. Three of five periods of five minutes raise one.

    `kinds`: of the targets that answer (signals.TARGET_KINDS). CloudWatch bills each metric of an alarm.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        signals: ApiSignals,
        thresholds: Thresholds,
        kinds: Sequence[str] = TARGET_KINDS,
    ) -> None:
        super().__init__(scope, construct_id)
        self._signals, self._least = signals, thresholds.min_requests
        self.alarms = [
            self._alarm(
                "Errors",
                self._enough("100 * errors / requests", {"errors": signals.errors}),
                thresholds.error_percent,
                f"More than {thresholds.error_percent:g} % of the API's requests failed. Find the errors in its log: "
                'filter status >= 500 | stats count(*) by error, alias. "docs/inference-api.md" explains each.',
            ),
            self._alarm(
                "Slow",
                self._enough("latency", {"latency": signals.latency("p99")}),
                thresholds.p99_seconds * 1000,
                f"The p99 of the API's requests is above {thresholds.p99_seconds:g} s. Compare first token and whole "
                "answer of each alias on the dashboard: long answers need max_tokens, slow first tokens another model "
                "or provisioned throughput.",
            ),
            self._alarm(
                "Throttled",
                signals.throttles,
                thresholds.throttles,
                f"Bedrock throttled more than {thresholds.throttles} calls in five minutes. Ask for a higher quota of "
                "the model's tokens per minute, use an inference profile, or buy provisioned throughput.",
            ),
            self._alarm(
                "Fallbacks",
                self._fallbacks(kinds),
                thresholds.fallback_percent,
                f"More than {thresholds.fallback_percent:g} % of the requests were answered by another than the first "
                "target. The log line's attempts name the target that failed, and why.",
            ),
        ]

    def _enough(self, expression: str, metrics: dict[str, cloudwatch.IMetric]) -> cloudwatch.MathExpression:
        return cloudwatch.MathExpression(
            expression=f"IF(requests >= {self._least}, {expression}, 0)",
            using_metrics={"requests": self._signals.requests, **metrics},
            period=PERIOD,
        )

    def _fallbacks(self, kinds: Sequence[str]) -> cloudwatch.MathExpression:
        metrics = {f"m{number}": self._signals.fallbacks(kind) for number, kind in enumerate(kinds)}
        total = " + ".join(f"FILL({name}, 0)" for name in metrics)
        return self._enough(f"100 * ({total}) / requests", {**metrics})

    def _alarm(
        self, construct_id: str, metric: cloudwatch.IMetric, threshold: float, description: str
    ) -> cloudwatch.Alarm:
        return cloudwatch.Alarm(
            self,
            construct_id,
            alarm_description=description,
            metric=metric,
            threshold=threshold,
            comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
            evaluation_periods=5,
            datapoints_to_alarm=3,
            treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
        )


class TrainingAlarm(Construct):
    """`alarm`: a run failed or took too long."""

    def __init__(self, scope: Construct, construct_id: str, *, state_machine_arn: str) -> None:
        super().__init__(scope, construct_id)
        failed = cloudwatch.MathExpression(
            expression="FILL(failed, 0) + FILL(late, 0)",
            using_metrics={
                "failed": executions(state_machine_arn, "Failed"),
                "late": executions(state_machine_arn, "TimedOut"),
            },
            period=PERIOD,
        )
        text = (
            "A training run failed. kit runs list shows it, kit runs show RUN the reason and kit runs retry RUN "
            "repeats it. What served before goes on serving."
        )
        self.alarm = _any(self, failed, text)


class IngestionAlarm(Construct):
    """`alarm`: a document of the knowledge base `name` failed, or a whole job did.

    In the stack of the composite alarm: CloudWatch refuses to delete an alarm that one of another stack names.
    """

    def __init__(self, scope: Construct, construct_id: str, *, failures: cloudwatch.IMetric, name: str) -> None:
        super().__init__(scope, construct_id)
        text = f"Documents of {name} failed to be ingested. kit knowledge status shows which, and why."
        self.alarm = _any(self, failures, text)


class InvocationLogsAlarm(Construct):
    """`alarm`: Bedrock could not deliver invocation logs of the account in this Region. It does not try again."""

    def __init__(self, scope: Construct, construct_id: str) -> None:
        super().__init__(scope, construct_id)
        metrics = {f"m{number}": failed_delivery(name) for number, name in enumerate(DELIVERIES)}
        failed = cloudwatch.MathExpression(
            expression=" + ".join(f"FILL({name}, 0)" for name in metrics), using_metrics={**metrics}, period=PERIOD
        )
        text = (
            "Bedrock could not write model invocation logs, and these are lost. Compare the policies of the bucket, "
            "the role and the KMS key with docs/invocation-logging.md."
        )
        self.alarm = _any(self, failed, text)


def _any(scope: Construct, metric: cloudwatch.IMetric, description: str) -> cloudwatch.Alarm:
    """In one of three periods: FILL would hide a metric that comes late from an alarm that looks at one only.

    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    return cloudwatch.Alarm(
        scope,
        "Failed",
        alarm_description=description,
        metric=metric,
        threshold=0,
        comparison_operator=cloudwatch.ComparisonOperator.GREATER_THAN_THRESHOLD,
        evaluation_periods=3,
        datapoints_to_alarm=1,
        treat_missing_data=cloudwatch.TreatMissingData.NOT_BREACHING,
    )
