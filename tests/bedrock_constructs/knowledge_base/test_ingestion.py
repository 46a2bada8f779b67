"""KnowledgeBaseIngestion: events, queues, function, permissions, parameter and alarm."""

from typing import Any

import aws_cdk as cdk
import pytest
from aws_cdk import aws_s3 as s3
from aws_cdk.assertions import Match, Template

from bedrock_constructs.knowledge_base.ingestion import KnowledgeBaseIngestion

PARAMETER = "/bedrock-kit/support-assistant/knowledge-base/documents/last-ingestion"
KNOWLEDGE_BASE_ARN = "arn:aws:bedrock:us-east-1:111122223333:knowledge-base/KB12345678"


def a_template(**context: object) -> Template:
    app = cdk.App(context=context)
    stack = cdk.Stack(app, "Test", env=cdk.Environment(account="111122223333", region="us-east-1"))
    KnowledgeBaseIngestion(
        stack,
        "Ingestion",
        kit_deployment="support-assistant",
        knowledge_base_name="documents",
        knowledge_base_id="KB12345678",
        knowledge_base_arn=KNOWLEDGE_BASE_ARN,
        data_source_id="DS12345678",
        documents_bucket=s3.Bucket.from_bucket_name(stack, "Bucket", "the-documents"),
        documents_prefix="documents/",
    )
    return Template.from_stack(stack)


@pytest.fixture(scope="module")
def template() -> Template:
    return a_template()


def only(template: Template, resource_type: str) -> dict[str, Any]:
    (resource,) = template.find_resources(resource_type).values()
    return dict(resource["Properties"])


def test_uploads_and_deletions_under_the_prefix_go_to_the_queue(template: Template) -> None:
    rule = only(template, "AWS::Events::Rule")
    assert rule["EventPattern"] == {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {"bucket": {"name": ["the-documents"]}, "object": {"key": [{"prefix": "documents/"}]}},
    }
    (target,) = rule["Targets"]
    assert "IngestionQueue" in target["Arn"]["Fn::GetAtt"][0]


def test_queues_are_encrypted_and_require_tls(template: Template) -> None:
    template.all_resources_properties("AWS::SQS::Queue", {"SqsManagedSseEnabled": True})
    deny = {"Effect": "Deny", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    statement = Match.array_with([Match.object_like(deny)])
    template.resource_properties_count_is("AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": statement}}, 2)


def test_a_message_stays_invisible_longer_than_the_function_runs(template: Template) -> None:
    queues = template.find_resources("AWS::SQS::Queue").values()
    (queue,) = [queue["Properties"] for queue in queues if "RedrivePolicy" in queue["Properties"]]
    function, mapping = only(template, "AWS::Lambda::Function"), only(template, "AWS::Lambda::EventSourceMapping")
    assert queue["VisibilityTimeout"] > function["Timeout"] + mapping["MaximumBatchingWindowInSeconds"]
    assert queue["RedrivePolicy"]["maxReceiveCount"] == 20


def test_many_uploads_are_one_batch(template: Template) -> None:
    mapping = only(template, "AWS::Lambda::EventSourceMapping")
    assert (mapping["BatchSize"], mapping["MaximumBatchingWindowInSeconds"]) == (1000, 20)
    assert mapping["ScalingConfig"] == {"MaximumConcurrency": 2}


@pytest.mark.parametrize(("value", "batch"), [("0", 10), ("1", 1000)])
def test_context_shortens_the_window(value: str, batch: int) -> None:
    mapping = only(a_template(ingestion_batching_seconds=value), "AWS::Lambda::EventSourceMapping")
    assert (mapping["MaximumBatchingWindowInSeconds"], mapping["BatchSize"]) == (int(value), batch)


def test_permissions_of_the_function(template: Template) -> None:
    statements: list[dict[str, Any]] = []
    for policy in template.find_resources("AWS::IAM::Policy").values():
        statements += policy["Properties"]["PolicyDocument"]["Statement"]
    by_sid = {statement["Sid"]: statement for statement in statements if "Sid" in statement}
    assert by_sid["Ingest"]["Action"] == ["bedrock:StartIngestionJob", "bedrock:GetIngestionJob"]
    assert by_sid["Ingest"]["Resource"] == KNOWLEDGE_BASE_ARN
    assert by_sid["Report"]["Action"] == "ssm:PutParameter"
    assert "*" not in [statement["Resource"] for statement in statements]
    services = {action.split(":")[0] for s in statements for action in _listed(s["Action"])}
    assert services == {"bedrock", "ssm", "sqs", "logs"}


def _listed(value: str | list[str]) -> list[str]:
    return [value] if isinstance(value, str) else value


def test_environment_of_the_function(template: Template) -> None:
    variables = only(template, "AWS::Lambda::Function")["Environment"]["Variables"]
    assert variables == {
        "KNOWLEDGE_BASE_ID": "KB12345678",
        "DATA_SOURCE_ID": "DS12345678",
        "RESULT_PARAMETER": PARAMETER,
        "METRIC_NAMESPACE": "BedrockKit/KnowledgeBase",
        "METRIC_NAME": "support-assistant/documents",
    }


def test_parameter_starts_as_never_run(template: Template) -> None:
    parameter = only(template, "AWS::SSM::Parameter")
    assert (parameter["Name"], parameter["Value"]) == (PARAMETER, '{"status": "NEVER_RUN"}')


def test_alarm_watches_the_metric_that_the_function_writes(template: Template) -> None:
    alarm = only(template, "AWS::CloudWatch::Alarm")
    assert (alarm["Namespace"], alarm["MetricName"]) == ("BedrockKit/KnowledgeBase", "Failures")
    assert alarm["Dimensions"] == [{"Name": "KnowledgeBase", "Value": "support-assistant/documents"}]
    assert (alarm["ComparisonOperator"], alarm["Threshold"]) == ("GreaterThanThreshold", 0)
    assert alarm["TreatMissingData"] == "notBreaching"
