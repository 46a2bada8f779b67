"""Handler of the metrics: a run and its custom model -> where the metrics are, and the final losses."""

from customization import invocation
from customization.training_metrics import record_metrics
from kit_contract.run_events import MetricsRequest, MetricsResult
from kit_contract.runs import Run


def handler(event: MetricsRequest, context: object) -> MetricsResult:
    run, s3 = Run.from_json(event["run"]), invocation.client("s3")
    return invocation.logged(
        "record_metrics", lambda: record_metrics(run, event["custom_model_arn"], s3=s3), run_id=run.run_id
    )
