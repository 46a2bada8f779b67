"""Alarms over expressions and composite alarms in stacks: one message for one fault, and what AWS would refuse."""

import copy
import json
from typing import Any

import pytest

from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended, reasons


def query(name: str, **other: Any) -> dict[str, Any]:
    metric = {"Namespace": "AWS/ApiGateway", "MetricName": "Count"}
    return {"Id": name, "MetricStat": {"Metric": metric, "Period": 300, "Stat": "Sum"}, "ReturnData": False} | other


def template(queries: list[dict[str, Any]]) -> dict[str, Any]:
    alarm = {
        "Type": "AWS::CloudWatch::Alarm",
        "Properties": {
            "ComparisonOperator": "GreaterThanThreshold",
            "EvaluationPeriods": 1,
            "Threshold": 5,
            "Metrics": queries,
        },
    }
    rule = {"Fn::Sub": 'ALARM("${Errors}") OR ALARM("${Slow}")'}
    composite = {"AlarmRule": rule, "AlarmActions": [{"Ref": "Topic"}]}
    return {
        "Resources": {
            "Topic": {"Type": "AWS::SNS::Topic"},
            "Errors": alarm,
            "Slow": copy.deepcopy(alarm),
            "Answers": {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": composite},
        }
    }


RATE = {"Id": "rate", "Expression": "100 * errors / requests"}
QUERIES = [RATE, query("errors"), query("requests")]


def test_a_composite_alarm_changes_its_state_once_for_two_alarms_and_goes_first(client: Client) -> None:
    cloudformation, cloudwatch = client("cloudformation"), client("cloudwatch")
    cloudformation.create_stack(StackName="Alarms", TemplateBody=json.dumps(template(QUERIES)))
    assert ended(client, "Alarms")["StackStatus"] == "CREATE_COMPLETE"
    resources = cloudformation.describe_stack_resources(StackName="Alarms")["StackResources"]
    names = {item["LogicalResourceId"]: item["PhysicalResourceId"] for item in resources}

    (stored,) = cloudwatch.describe_alarms(AlarmNames=[names["Errors"]])["MetricAlarms"]
    assert [item["Id"] for item in stored["Metrics"]] == ["rate", "errors", "requests"]
    for part in ("Errors", "Slow"):
        cloudwatch.set_alarm_state(AlarmName=names[part], StateValue="ALARM", StateReason="test")
    history = cloudwatch.describe_alarm_history(AlarmName=names["Answers"], AlarmTypes=["CompositeAlarm"])
    raised = [item for item in history["AlarmHistoryItems"] if item["HistorySummary"].endswith("to ALARM")]
    assert len(raised) == 1
    with pytest.raises(cloudwatch.exceptions.ClientError, match="depending on it"):
        cloudwatch.delete_alarms(AlarmNames=[names["Errors"]])

    cloudformation.delete_stack(StackName="Alarms")
    with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
        ended(client, "Alarms")
    assert cloudwatch.describe_alarms(AlarmTypes=["CompositeAlarm"])["CompositeAlarms"] == []


def test_an_alarm_that_a_composite_alarm_of_another_stack_names_cannot_be_deleted(client: Client) -> None:
    """CloudWatch's words: https://github.com/ekristen/aws-nuke/issues/462. So [operations] has alarms of its own."""
    cloudformation = client("cloudformation")
    watched = {"Resources": {"Errors": template(QUERIES)["Resources"]["Errors"]}}
    watched["Resources"]["Errors"]["Properties"]["AlarmName"] = "of-another-stack"
    rule = {"Type": "AWS::CloudWatch::CompositeAlarm", "Properties": {"AlarmRule": 'ALARM("of-another-stack")'}}
    for name, body in (("Watched", watched), ("Watching", {"Resources": {"Answers": rule}})):
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(body))
        assert ended(client, name)["StackStatus"] == "CREATE_COMPLETE"

    cloudformation.delete_stack(StackName="Watched")
    assert ended(client, "Watched")["StackStatus"] == "DELETE_FAILED"
    assert "composite alarm(s) depending on it" in reasons(client, "Watched")

    for name in ("Watching", "Watched"):
        cloudformation.delete_stack(StackName=name)
        with pytest.raises(cloudformation.exceptions.ClientError, match="does not exist"):
            ended(client, name)


@pytest.mark.parametrize(
    ("queries", "told"),
    [
        ([query("errors"), query("requests")], "Exactly one element"),
        ([RATE, query("errors", ReturnData=True)], "Exactly one element"),
        ([RATE, query("errors"), query("errors", Label="again")], "must be unique"),
        ([RATE, query("Errors")], "does not match"),
        ([RATE, *(query(f"m{number}") for number in range(11))], "at most 10"),
    ],
)
def test_what_put_metric_alarm_refuses(client: Client, queries: list[dict[str, Any]], told: str) -> None:
    name = f"Refused{abs(hash(json.dumps(queries)))}"
    client("cloudformation").create_stack(
        StackName=name, TemplateBody=json.dumps(template(queries)), OnFailure="DO_NOTHING"
    )

    assert ended(client, name)["StackStatus"] == "CREATE_FAILED"
    assert told in reasons(client, name)
    client("cloudformation").delete_stack(StackName=name)
