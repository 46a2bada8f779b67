"""What one stack knows of another: the value of an SSM parameter, read whenever the stack is deployed."""

import aws_cdk as cdk
from aws_cdk import aws_ssm as ssm
from constructs import Construct


def parameter_value(scope: Construct, construct_id: str, name: str) -> str:
    """The value that the SSM parameter `name` has when CloudFormation creates or updates the stack.

    Neither an export, which CloudFormation refuses to change while a stack imports it, nor Fn::GetStackOutput: the CDK
    CLI skips a stack whose template is unchanged, except where a parameter like this one may have a new value.
    """
    parameter = cdk.CfnParameter(scope, construct_id, type="AWS::SSM::Parameter::Value<String>", default=name)
    return parameter.value_as_string


def publish(scope: Construct, construct_id: str, name: str, value: str) -> None:
    """Write what another stack reads with `parameter_value`."""
    ssm.CfnParameter(scope, construct_id, name=name, type="String", value=value)
