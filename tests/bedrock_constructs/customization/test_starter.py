"""CustomizationStarter: what starts a run, and where a failed start is kept."""

import json

import pytest
from aws_cdk.assertions import Match, Template

from tests.bedrock_constructs.customization.customization_stack import only, workflow_template


@pytest.fixture(scope="module")
def template() -> Template:
    return workflow_template()


def test_uploads_to_data_start_a_run_and_failures_are_kept(template: Template) -> None:
    rule = only(template, "AWS::Events::Rule")
    (target,) = rule["Targets"]
    starts = {"MaximumRetryAttempts": 2, "DestinationConfig": {"OnFailure": {"Destination": Match.any_value()}}}

    assert rule["EventPattern"]["source"] == ["aws.s3"]
    assert rule["EventPattern"]["detail-type"] == ["Object Created"]
    assert rule["EventPattern"]["detail"]["object"] == {"key": [{"prefix": "data/"}]}
    assert "StarterFunction" in json.dumps(target["Arn"])
    assert "StarterDeadLetters" in json.dumps(target["DeadLetterConfig"])
    assert target["RetryPolicy"] == {"MaximumRetryAttempts": 3}
    template.has_resource_properties("AWS::Lambda::EventInvokeConfig", starts)


def test_the_dead_letter_queue_is_encrypted_and_refuses_plain_http(template: Template) -> None:
    assert only(template, "AWS::SQS::Queue")["SqsManagedSseEnabled"] is True
    deny = {"Effect": "Deny", "Action": "sqs:*", "Condition": {"Bool": {"aws:SecureTransport": "false"}}}
    statements = Match.array_with([Match.object_like(deny)])
    template.has_resource_properties("AWS::SQS::QueuePolicy", {"PolicyDocument": {"Statement": statements}})
