"""Jobs in a VPC: Bedrock makes network interfaces in your subnets, and reaches your data through them only.

https://docs.aws.amazon.com/bedrock/latest/userguide/custom-model-job-access-security.html#vpc-data-access-role
"""

from collections.abc import Sequence
from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

DESCRIBE = ("NetworkInterfaces", "Vpcs", "DhcpOptions", "Subnets", "SecurityGroups")
MANAGED = "BedrockManaged"  # a tag of Bedrock's network interfaces, as is that of the job: its type -> the tag
CUSTOMIZATION_JOB = ("model-customization-job", "BedrockModelCustomizationJobArn")
# https://docs.aws.amazon.com/bedrock/latest/userguide/vpc-custom-model-import.html
IMPORT_JOB = ("model-import-job", "BedrockModelImportJobArn")


def network_members(subnet_ids: Sequence[str], security_group_ids: Sequence[str]) -> dict[str, Any]:
    return {"VpcConfig": {"SubnetIds": list(subnet_ids), "SecurityGroupIds": list(security_group_ids)}}


def grant_network(
    role: iam.Role,
    subnet_ids: Sequence[str],
    security_group_ids: Sequence[str],
    job: tuple[str, str] = CUSTOMIZATION_JOB,
) -> None:
    stack, (job_type, job_tag) = cdk.Stack.of(role), job

    def ec2(resource: str, name: str) -> str:
        return stack.format_arn(service="ec2", resource=resource, resource_name=name)

    jobs = stack.format_arn(service="bedrock", resource=job_type, resource_name="*")
    interfaces, subnets = ec2("network-interface", "*"), [ec2("subnet", name) for name in subnet_ids]
    places = [*subnets, *(ec2("security-group", name) for name in security_group_ids)]
    requested = {"StringEquals": {f"aws:RequestTag/{MANAGED}": "true"}, "ArnLike": {f"aws:RequestTag/{job_tag}": jobs}}
    made = {
        "StringEquals": {f"ec2:ResourceTag/{MANAGED}": "true"},
        "ArnEquals": {"ec2:Subnet": subnets},
        "ArnLike": {f"ec2:ResourceTag/{job_tag}": jobs},
    }
    tagged = {
        "StringEquals": {"ec2:CreateAction": "CreateNetworkInterface"},
        "ForAllValues:StringEquals": {"aws:TagKeys": [MANAGED, job_tag]},
    }
    remove = ["CreateNetworkInterfacePermission", "DeleteNetworkInterface", "DeleteNetworkInterfacePermission"]
    rows: list[tuple[str, list[str], list[str], dict[str, Any] | None]] = [
        ("LookAtNetwork", [f"Describe{name}" for name in DESCRIBE], ["*"], None),
        ("CreateInterface", ["CreateNetworkInterface"], [interfaces], requested),
        ("PlaceInterface", ["CreateNetworkInterface"], places, None),
        ("UseInterface", remove, [interfaces], made),
        ("TagInterface", ["CreateTags"], [interfaces], tagged),
    ]
    for sid, verbs, resources, conditions in rows:
        actions = [f"ec2:{verb}" for verb in verbs]
        role.add_to_policy(iam.PolicyStatement(sid=sid, actions=actions, resources=resources, conditions=conditions))
    reason = "EC2 chooses the ids of network interfaces, and tags limit them to Bedrock's; Describe takes no ARN"
    acknowledge_wildcards(role, ["*", interfaces], reason=reason)
