"""AWS::CloudWatch::Alarm, also over an expression, and CompositeAlarm.

ministack's type of the first refuses expressions, and it lacks the second. An alarm over an expression is stored and
not evaluated: its state changes with SetAlarmState.
https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
"""

from typing import Any

from ministack.services import cloudwatch
from ministack.services.cloudformation import provisioners

from local_aws.extension.cloudformation.service_calls import Created, Properties, answer

ALARM, COMPOSITE = "AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm"
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/Create-alarm-on-metric-math-expression.html
MOST_METRICS = 10


def create_alarm(name: str, properties: Properties) -> Created:
    name = properties.get("AlarmName") or name
    return name, update_alarm(name, properties)


def update_alarm(physical_id: str, properties: Properties) -> Properties:
    queries = properties.get("Metrics")
    if queries is None:
        _, attributes = provisioners._cw_metric_alarm_put(physical_id, properties)
        return dict(attributes)
    _check(queries)
    single = {key: value for key, value in properties.items() if key != "Metrics"}
    record = provisioners._cw_metric_alarm_record(physical_id, single | {"MetricName": "-", "Namespace": "-"})
    for key in ("MetricName", "Namespace", "Statistic", "Period"):
        del record[key]
    cloudwatch.cloudformation_put_metric_alarm(record | {"Metrics": queries})
    cloudwatch.cloudformation_set_metric_alarm_tags(physical_id, properties.get("Tags") or [])
    return {"Arn": record["AlarmArn"]}


def delete_alarm(physical_id: str) -> None:
    provisioners._cw_metric_alarm_delete(physical_id, {})


def create_composite(name: str, properties: Properties) -> Created:
    name = properties.get("AlarmName") or name
    return name, update_composite(name, properties)


def update_composite(physical_id: str, properties: Properties) -> Properties:
    given = properties | {"AlarmName": physical_id}
    answer(cloudwatch._put_composite_alarm({}, given, False, is_json=True))
    return {"Arn": cloudwatch._composite_alarms[physical_id]["AlarmArn"]}


def delete_composite(physical_id: str) -> None:
    answer(cloudwatch._delete_alarms({}, {"AlarmNames": [physical_id]}, False, is_json=True))


def _check(queries: list[dict[str, Any]]) -> None:
    """Raises ValueError as PutMetricAlarm refuses."""
    names = [query["Id"] for query in queries]
    if len(set(names)) < len(names):
        raise ValueError(f"{ALARM}: Metric ids must be unique")
    if sum(query.get("ReturnData", True) for query in queries) != 1:
        raise ValueError(f"{ALARM}: Exactly one element of the metrics list should return data")
    if sum("MetricStat" in query for query in queries) > MOST_METRICS:
        raise ValueError(f"{ALARM}: an alarm's expression takes at most {MOST_METRICS} metrics")
