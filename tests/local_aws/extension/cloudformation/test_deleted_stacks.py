"""What CloudFormation still knows of a stack that was deleted."""

import json

import pytest
from botocore.exceptions import ClientError

from tests.local_aws.conftest import Client
from tests.local_aws.servers import code
from tests.local_aws.stacks import ended

TEMPLATE = {"Resources": {"P": {"Type": "AWS::SSM::Parameter", "Properties": {"Type": "String", "Value": "one"}}}}


def test_the_template_of_a_deleted_stack_is_found_by_its_id_only(client: Client) -> None:
    stacks = client("cloudformation")
    identifier = stacks.create_stack(StackName="Deleted", TemplateBody=json.dumps(TEMPLATE))["StackId"]
    ended(client, "Deleted")
    stacks.delete_stack(StackName="Deleted")
    stacks.get_waiter("stack_delete_complete").wait(StackName="Deleted", WaiterConfig={"Delay": 1})

    with pytest.raises(ClientError, match="does not exist") as error:
        stacks.get_template(StackName="Deleted")

    assert code(error) == "ValidationError"
    assert stacks.get_template(StackName=identifier)["TemplateBody"]
