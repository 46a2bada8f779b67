"""What the function of fine-tuning may do: its prefixes of the training bucket, the starter, and looking at runs."""

from collections.abc import Mapping, Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract import parameters
from kit_contract.fine_tuning import FILES, JOBS, JOBS_FOLDER
from kit_contract.run_names import DATA, RUNS

Conditions = Mapping[str, Mapping[str, object]]


def grant_fine_tuning(
    function: lambda_.Function,
    kit_deployment: str,
    *,
    bucket_name: str,
    starter_name: str,
    workflow_name: str,
    kms_key_arn: str | None,
) -> None:
    """It starts and stops nothing by itself: the starter does."""
    stack = cdk.Stack.of(function)
    _grant_bucket(function, f"arn:{stack.partition}:s3:::{bucket_name}")
    starter = stack.format_arn(
        service="lambda",
        resource="function",
        resource_name=starter_name,
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    _allow(function, "Start", ["lambda:InvokeFunction"], [starter])
    executions = stack.format_arn(
        service="states",
        resource="execution",
        resource_name=f"{workflow_name}:*",
        arn_format=cdk.ArnFormat.COLON_RESOURCE_NAME,
    )
    reason = "Executions are named by the hash of their content"
    _allow(function, "Look", ["states:DescribeExecution", "states:GetExecutionHistory"], [executions], reason=reason)
    path = parameters.customizations_path(kit_deployment).removeprefix("/")
    specifications = stack.format_arn(service="ssm", resource="parameter", resource_name=path)
    _allow(function, "ReadSpecifications", ["ssm:GetParametersByPath"], [specifications])
    if kms_key_arn:
        through_s3 = {"StringEquals": {"kms:ViaService": f"s3.{stack.region}.amazonaws.com"}}
        actions = ["kms:Decrypt", "kms:GenerateDataKey"]
        _allow(function, "UseKey", actions, [kms_key_arn], conditions=through_s3)


def _grant_bucket(function: lambda_.Function, bucket: str) -> None:
    files, jobs, runs = (f"{bucket}/{prefix}*" for prefix in (FILES, JOBS, RUNS))
    data = [f"{bucket}/{DATA}*/{folder}/*" for folder in (JOBS_FOLDER, "validation")]
    _allow(
        function,
        "Files",
        ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"],
        [files],
        reason="One object per uploaded file",
    )
    _allow(function, "Jobs", ["s3:GetObject", "s3:PutObject"], [jobs], reason="One object per job")
    _allow(function, "WriteData", ["s3:PutObject"], data, reason="Data of all customizations, named by its content")
    _allow(function, "ReadRuns", ["s3:GetObject"], [runs], reason="Reports and metrics of all runs")
    listed = {"StringLike": {"s3:prefix": [f"{FILES}*", f"{JOBS}*", f"{RUNS}*"]}}
    _allow(function, "List", ["s3:ListBucket"], [bucket], conditions=listed)


def _allow(
    function: lambda_.Function,
    sid: str,
    actions: Sequence[str],
    resources: Sequence[str],
    *,
    reason: str = "",
    conditions: Conditions | None = None,
) -> None:
    """`reason` tells cdk-nag why `resources` have a wildcard."""
    function.add_to_role_policy(
        iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources), conditions=conditions)
    )
    if reason:
        scope = function.node.scope
        assert isinstance(scope, Construct)
        acknowledge_wildcards(scope, resources, reason=reason)  # the role is beside the function
