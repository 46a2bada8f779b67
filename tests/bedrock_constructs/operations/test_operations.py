"""Alarms that reach somebody once, and a dashboard whose queries name what the log has."""

import json
import re
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk.assertions import Match, Template

from bedrock_constructs.operations.alarms import ApiAlarms, Thresholds
from bedrock_constructs.operations.dashboard import BY_ALIAS, ERRORS, USD_OVER_TIME, OperationsDashboard
from bedrock_constructs.operations.notifications import Notifications
from bedrock_constructs.operations.signals import ApiSignals
from inference_api.aliases import Target
from inference_api.fallback import Attempt
from inference_api.http_messages import Facts, Request, json_answer
from inference_api.request_log import log_line

SIGNALS = ApiSignals("sup", "sup-inference-api", "prod")


@pytest.fixture(scope="module")
def template() -> Template:
    stack = cdk.Stack(cdk.App(), "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    thresholds = Thresholds(error_percent=2.5, p99_seconds=30, throttles=7, min_requests=50)
    alarms = ApiAlarms(stack, "Api", signals=SIGNALS, thresholds=thresholds, kinds=["foundation-model"]).alarms
    notifications = Notifications(
        stack,
        "Notifications",
        kit_deployment="sup",
        emails=["a@example.com", "b@example.com", "a@example.com"],
        topic_arn="arn:aws:sns:us-east-1:111122223333:pager",
    )
    notifications.one_message("Answers", alarms, "what to do")
    board = OperationsDashboard(stack, "Board", kit_deployment="sup")
    board.add_alarms(alarms)
    board.add_api(SIGNALS, "/aws/lambda/sup")
    return Template.from_stack(stack)


def alarm(template: Template, name: str) -> dict[str, Any]:
    (found,) = [
        item["Properties"]
        for key, item in template.find_resources("AWS::CloudWatch::Alarm").items()
        if re.fullmatch(rf"Api{name}[0-9A-F]{{8}}", key)
    ]
    return dict(found)


def test_only_the_composite_alarm_sends_and_it_names_every_alarm(template: Template) -> None:
    alarms = template.find_resources("AWS::CloudWatch::Alarm")
    (composite,) = template.find_resources("AWS::CloudWatch::CompositeAlarm").values()
    rule = json.dumps(composite["Properties"]["AlarmRule"])

    assert not [item for item in alarms.values() if "AlarmActions" in item["Properties"]]
    assert len(alarms) == 4
    assert all(key in rule for key in alarms)
    assert rule.count(" OR ") == 3
    assert len(composite["Properties"]["AlarmActions"]) == len(composite["Properties"]["OKActions"]) == 2


def test_every_address_is_subscribed_once_and_alarms_of_this_account_may_publish(template: Template) -> None:
    template.resource_count_is("AWS::SNS::Subscription", 2)
    allowed = {"Service": "cloudwatch.amazonaws.com"}
    statement = Match.object_like(
        {"Principal": allowed, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}}
    )
    template.has_resource_properties(
        "AWS::SNS::TopicPolicy", {"PolicyDocument": {"Statement": Match.array_with([statement])}}
    )


@pytest.mark.parametrize(
    ("name", "threshold"), [("Errors", 2.5), ("Slow", 30_000), ("Throttled", 7), ("Fallbacks", 20)]
)
def test_a_threshold_is_that_of_the_settings_and_silence_is_no_fault(
    template: Template, name: str, threshold: float
) -> None:
    found = alarm(template, name)

    assert found["Threshold"] == threshold
    assert (found["EvaluationPeriods"], found["DatapointsToAlarm"]) == (5, 3)
    assert found["TreatMissingData"] == "notBreaching"
    assert len(found["AlarmDescription"]) <= 1024


@pytest.mark.parametrize("name", ["Errors", "Slow", "Fallbacks"])
def test_few_requests_say_nothing_in_percent(template: Template, name: str) -> None:
    expressions = [one["Expression"] for one in alarm(template, name)["Metrics"] if "Expression" in one]

    assert [one.startswith("IF(requests >= 50, ") for one in expressions] == [True]


@pytest.mark.parametrize("query", [BY_ALIAS, ERRORS, USD_OVER_TIME])
def test_a_query_names_fields_of_the_log_line(query: tuple[str, ...]) -> None:
    facts = Facts()
    facts.served_by = {"kind": "x"}
    facts.attempts = [Attempt(Target("a", "a", "x", False), None, 1)]
    facts.usage = {"inputTokens": 1, "outputTokens": 1}
    request = Request("POST", "/v1/chat/completions")
    line = json.loads(
        log_line(request, json_answer(200, {}), facts, kit_deployment="x", request_id="r", now=1, milliseconds=2)
    )
    words = re.sub(r'"[^"]*"|\bas \w+', " ", " ".join(query))
    functions = {*("filter", "stats", "sort", "by", "and", "desc", "count", "sum", "floor", "pct", "ispresent", "bin")}
    named = {word for word in re.findall(r"[a-z_][A-Za-z_.]*", words) if word not in functions} - {"h"}
    outputs = set(re.findall(r"\bas (\w+)", " ".join(query)))

    for name in named - outputs:
        value: Any = line
        for part in name.split("."):
            assert part in value, name
            value = value[part]


def test_every_metric_of_the_api_has_its_name_and_stage(template: Template, tmp_path: Path) -> None:
    (board,) = template.find_resources("AWS::CloudWatch::Dashboard").values()
    body = json.dumps(board["Properties"]["DashboardBody"])

    assert board["Properties"]["DashboardName"] == "sup-operations"
    assert body.count("ApiName") == body.count("sup-inference-api") == body.count("Stage") > 4
