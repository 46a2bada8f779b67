"""Who hears of an operation in progress: everybody but the CDK CLI, which is answered at its end."""

import json
from typing import Any

import boto3
from botocore.config import Config

from local_aws.emulator import EmbeddedAws
from tests.local_aws.conftest import Client
from tests.local_aws.stacks import ended

WAITS_A_SECOND = {
    "Resources": {
        "Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"},
        "Signal": {
            "Type": "AWS::CloudFormation::WaitCondition",
            "Properties": {"Handle": {"Ref": "Handle"}, "Timeout": "1"},
        },
    }
}


def as_cdk(aws: EmbeddedAws) -> Any:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=aws.region)
    config = Config(user_agent_extra="aws-cdk/2.0.0")
    return session.client("cloudformation", endpoint_url=aws.endpoint_url, config=config)


def test_the_cdk_cli_is_answered_when_the_operation_is_over(aws: EmbeddedAws, client: Client) -> None:
    stacks = client("cloudformation")
    cli = as_cdk(aws)
    made = stacks.create_stack(StackName="Waiting", TemplateBody=json.dumps(WAITS_A_SECOND))

    assert stacks.describe_stacks(StackName="Waiting")["Stacks"][0]["StackStatus"] == "CREATE_IN_PROGRESS"
    assert cli.describe_stacks(StackName=made["StackId"])["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    assert ended(client, "Waiting")["StackStatus"] == "ROLLBACK_COMPLETE"


def test_the_cdk_cli_does_not_wait_for_what_nobody_works_on(aws: EmbeddedAws) -> None:
    cli = as_cdk(aws)
    cli.create_change_set(
        StackName="Reviewed",
        ChangeSetName="first",
        ChangeSetType="CREATE",
        TemplateBody=json.dumps({"Resources": {"Handle": {"Type": "AWS::CloudFormation::WaitConditionHandle"}}}),
    )

    assert cli.describe_stacks(StackName="Reviewed")["Stacks"][0]["StackStatus"] == "REVIEW_IN_PROGRESS"
