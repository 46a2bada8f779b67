"""IAM's quotas for roles, and names that are unique across regions."""

import json
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.servers import code
from tests.local_aws.stacks import ended, reasons

Trust = dict[str, Any]


def trust(service: str = "lambda.amazonaws.com", padding: int = 0) -> Trust:
    principals = [service, *(f"{number:04d}.amazonaws.com" for number in range(padding))]
    allow = {"Effect": "Allow", "Principal": {"Service": principals}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [allow]}


def policy(characters: int, *, spaces: int = 0) -> str:
    """A policy of exactly so many characters, white space not counted."""
    statement = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::b/"}
    empty = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":"))
    statement["Resource"] += "x" * (characters - len(empty))
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]}, separators=(",", ":")) + " " * spaces


def test_the_inline_policies_of_a_role_hold_10240_characters_together(client: Client) -> None:
    iam = client("iam")
    iam.create_role(RoleName="full", AssumeRolePolicyDocument=json.dumps(trust()))
    iam.put_role_policy(RoleName="full", PolicyName="one", PolicyDocument=policy(10_000, spaces=5_000))
    iam.put_role_policy(RoleName="full", PolicyName="two", PolicyDocument=policy(240))

    with pytest.raises(ClientError, match="Maximum policy size of 10240 bytes exceeded for role full") as error:
        iam.put_role_policy(RoleName="full", PolicyName="two", PolicyDocument=policy(241))

    assert code(error) == "LimitExceeded"
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 409


@pytest.mark.parametrize(
    ("call", "arguments", "said"),
    [
        (
            "create_role",
            {"RoleName": "long", "AssumeRolePolicyDocument": json.dumps(trust(padding=100))},
            "Cannot exceed quota for ACLSizePerRole: 2048",
        ),
        (
            "create_policy",
            {"PolicyName": "long", "PolicyDocument": policy(6_145)},
            "Cannot exceed quota for PolicySize: 6144",
        ),
    ],
)
def test_other_quotas_of_policies(client: Client, call: str, arguments: dict[str, str], said: str) -> None:
    with pytest.raises(ClientError, match=said) as error:
        getattr(client("iam"), call)(**arguments)

    assert code(error) == "LimitExceeded"


def test_a_role_has_ten_managed_policies(client: Client) -> None:
    iam = client("iam")
    iam.create_role(RoleName="managed", AssumeRolePolicyDocument=json.dumps(trust()))
    arns = [iam.create_policy(PolicyName=f"m{n}", PolicyDocument=policy(6_144))["Policy"]["Arn"] for n in range(11)]
    for arn in arns[:10]:
        iam.attach_role_policy(RoleName="managed", PolicyArn=arn)

    with pytest.raises(ClientError, match="Cannot exceed quota for PoliciesPerRole: 10"):
        iam.attach_role_policy(RoleName="managed", PolicyArn=arns[10])


def stack(role: dict[str, Any], more: dict[str, Any] | None = None) -> str:
    properties = {"AssumeRolePolicyDocument": trust(), **role}
    return json.dumps({"Resources": {"Role": {"Type": "AWS::IAM::Role", "Properties": properties}, **(more or {})}})


@pytest.mark.parametrize("inside", [True, False], ids=["policies of the role", "AWS::IAM::Policy"])
def test_a_stack_whose_role_has_too_long_policies_is_rolled_back(client: Client, inside: bool) -> None:
    inline = {"PolicyName": "p", "PolicyDocument": json.loads(policy(10_241))}
    attached = {"Type": "AWS::IAM::Policy", "Properties": {**inline, "Roles": [{"Ref": "Role"}]}}
    body = stack({"Policies": [inline]}) if inside else stack({}, {"Policy": attached})
    name = f"TooLong{inside}"

    client("cloudformation").create_stack(
        StackName=name, TemplateBody=body, Capabilities=["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    )

    assert ended(client, name)["StackStatus"] == "ROLLBACK_COMPLETE"
    assert "Maximum policy size of 10240 bytes exceeded for role" in reasons(client, name)


def in_region(aws: emulator.EmbeddedAws, region: str) -> Client:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name=region)
    return lambda service: session.client(service, endpoint_url=aws.endpoint_url)


def create(client: Client, name: str, body: str) -> str:
    capabilities = ["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM"]
    client("cloudformation").create_stack(StackName=name, TemplateBody=body, Capabilities=capabilities)
    return str(ended(client, name)["StackStatus"])


def test_a_role_name_is_taken_in_every_region(aws: emulator.EmbeddedAws, client: Client) -> None:
    elsewhere = in_region(aws, "us-west-2")
    assert create(client, "Named", stack({"RoleName": "shared"})) == "CREATE_COMPLETE"

    second = stack({"RoleName": "shared", "AssumeRolePolicyDocument": trust("bedrock.amazonaws.com")})
    assert create(elsewhere, "Named", second) == "ROLLBACK_COMPLETE"

    assert "Role with name shared already exists. (Service: Iam, Status Code: 409)" in reasons(elsewhere, "Named")
    assert "HandlerErrorCode: AlreadyExists" in reasons(elsewhere, "Named")
    kept = client("iam").get_role(RoleName="shared")["Role"]["AssumeRolePolicyDocument"]
    assert kept["Statement"][0]["Principal"]["Service"] == ["lambda.amazonaws.com"]
    for each in (client, elsewhere):
        with pytest.raises(ClientError) as error:
            each("iam").create_role(RoleName="shared", AssumeRolePolicyDocument=json.dumps(trust()))
        assert code(error) == "EntityAlreadyExists"


def test_generated_role_names_differ_between_regions_and_stay_in_an_update(
    aws: emulator.EmbeddedAws, client: Client
) -> None:
    elsewhere = in_region(aws, "us-west-2")
    for each in (client, elsewhere):
        assert create(each, "Generated", stack({})) == "CREATE_COMPLETE"

    def role(of: Client) -> str:
        found = of("cloudformation").describe_stack_resource(StackName="Generated", LogicalResourceId="Role")
        return str(found["StackResourceDetail"]["PhysicalResourceId"])

    before = role(client)
    assert before != role(elsewhere)
    client("cloudformation").update_stack(
        StackName="Generated", TemplateBody=stack({"Description": "changed"}), Capabilities=["CAPABILITY_IAM"]
    )
    assert ended(client, "Generated")["StackStatus"] == "UPDATE_COMPLETE"
    assert role(client) == before
