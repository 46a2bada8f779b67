"""The dashboard: what callers get, what it costs by alias, and what works in the background."""

from collections.abc import Sequence

from aws_cdk import Duration
from aws_cdk import aws_cloudwatch as cloudwatch
from constructs import Construct

from bedrock_constructs.operations.signals import TARGET_KINDS, ApiSignals, executions, model_units

# Of the log lines of requests (lambda/inference_api/request_log.py). CloudWatch bills each look by the gigabytes read.
BY_ALIAS = (
    'filter event = "request" and ispresent(alias)',
    "stats count(*) as requests, sum(floor(status / 500)) as errors, pct(milliseconds, 50) as p50_ms, "
    "pct(milliseconds, 99) as p99_ms, pct(first_token_milliseconds, 50) as first_token_p50_ms, "
    "pct(first_token_milliseconds, 99) as first_token_p99_ms, sum(usage.inputTokens) as tokens_in, "
    "sum(usage.outputTokens) as tokens_out, sum(estimated_usd) as estimated_usd by alias",
    "sort estimated_usd desc",
)
USD_OVER_TIME = (
    'filter event = "request" and ispresent(alias)',
    "stats sum(estimated_usd) as usd by bin(1h), alias",
)
ERRORS = (
    'filter event = "request" and status >= 500',
    "stats count(*) as requests by error, alias, served_by.kind",
    "sort requests desc",
)


class OperationsDashboard(Construct):
    """`dashboard` is empty: call what the deployment has. Each call adds its rows below the others."""

    def __init__(self, scope: Construct, construct_id: str, *, kit_deployment: str) -> None:
        super().__init__(scope, construct_id)
        self._kit_deployment = kit_deployment
        self.dashboard = cloudwatch.Dashboard(
            self,
            "Dashboard",
            dashboard_name=f"{kit_deployment}-operations",
            default_interval=Duration.days(1),
        )

    def add_alarms(self, alarms: Sequence[cloudwatch.IAlarm]) -> None:
        widget = cloudwatch.AlarmStatusWidget(alarms=alarms, title="Alarms", width=24, height=3)
        self.dashboard.add_widgets(widget)

    def add_api(self, signals: ApiSignals, log_group: str, kinds: Sequence[str] = TARGET_KINDS) -> None:
        throttled = [signals.refused, signals.errors, signals.throttles]
        self.dashboard.add_widgets(
            _graph("Requests", [signals.requests]),
            _graph("Errors and throttles", throttled),
            _graph("Milliseconds until the whole answer", [signals.latency("p50"), signals.latency("p99")]),
        )
        self.dashboard.add_widgets(
            _graph("Answers by what served them", [signals.answers(kind) for kind in kinds], stacked=True),
            _graph("Fallbacks", [signals.fallbacks(kind) for kind in kinds], stacked=True),
            _query("Errors by cause", log_group, ERRORS),
        )
        dollars = _query(
            "Estimated dollars an hour", log_group, USD_OVER_TIME, view=cloudwatch.LogQueryVisualizationType.STACKEDAREA
        )
        by_alias = _query("Each alias: latency, tokens, estimated dollars", log_group, BY_ALIAS, width=16)
        self.dashboard.add_widgets(by_alias, dollars)

    def add_work(
        self,
        *,
        state_machine_arn: str | None = None,
        ingestion_failures: Sequence[cloudwatch.IMetric] = (),
        throughputs: Sequence[str] = (),
    ) -> None:
        """What runs in the background, in one row."""
        graphs = []
        if state_machine_arn:
            outcomes = ("Started", "Succeeded", "Failed", "TimedOut", "Aborted")
            graphs.append(_graph("Training runs", [executions(state_machine_arn, outcome) for outcome in outcomes]))
        if ingestion_failures:
            graphs.append(_graph("Documents that failed to be ingested", ingestion_failures))
        if throughputs:
            units = model_units(self._kit_deployment, throughputs)
            graphs.append(_graph("Provisioned model units, billed by the hour", units, stacked=True))
        if graphs:
            self.dashboard.add_widgets(*graphs)


def _graph(title: str, metrics: Sequence[cloudwatch.IMetric], *, stacked: bool = False) -> cloudwatch.GraphWidget:
    return cloudwatch.GraphWidget(title=title, left=metrics, stacked=stacked, width=8, height=6)


def _query(
    title: str,
    log_group: str,
    lines: Sequence[str],
    *,
    width: int = 8,
    view: cloudwatch.LogQueryVisualizationType = cloudwatch.LogQueryVisualizationType.TABLE,
) -> cloudwatch.LogQueryWidget:
    return cloudwatch.LogQueryWidget(
        title=title, log_group_names=[log_group], query_lines=list(lines), view=view, width=width, height=6
    )
