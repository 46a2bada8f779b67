"""CloudFormation's quotas of a template: 500 resources and 1 MB.

https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html
"""

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.servers import code


def template(resources: int, padding: int = 0) -> str:
    wait = {"Type": "AWS::CloudFormation::WaitConditionHandle"}
    metadata = {"Padding": "x" * padding}
    return json.dumps({"Resources": {f"R{number}": wait for number in range(resources)}, "Metadata": metadata})


def refused(client: Client, body: str) -> "pytest.ExceptionInfo[ClientError]":
    client("s3").create_bucket(Bucket="templates")
    client("s3").put_object(Bucket="templates", Key="t.json", Body=body)
    url = "https://templates.s3.us-east-1.amazonaws.com/templates/t.json"
    with pytest.raises(ClientError) as error:  # the call of cdk deploy
        client("cloudformation").create_change_set(
            StackName="Large", ChangeSetName="first", ChangeSetType="CREATE", TemplateURL=url
        )
    return error


def test_a_template_of_501_resources_is_refused(client: Client) -> None:
    error = refused(client, template(501))

    assert code(error) == "ValidationError"
    assert "Number of resources, 501, is greater than maximum allowed, 500" in str(error.value)


def test_a_template_of_more_than_1_mb_is_refused(client: Client) -> None:
    error = refused(client, template(1, padding=1_000_000))

    assert code(error) == "ValidationError"
    assert "Template may not exceed 1000000 bytes in size." in str(error.value)
