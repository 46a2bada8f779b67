"""Where the cluster is: in given subnets, or in a small network of its own that nothing can enter or leave.

Bedrock and the custom resource use the RDS Data API, which needs no way into the network.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_ec2 as ec2
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge

CIDR, SUBNET_CIDRS = "10.0.0.0/26", ("10.0.0.0/27", "10.0.0.32/27")  # RDS needs two Availability Zones


@dataclass(frozen=True)
class DatabaseNetwork:
    """`subnet_ids`: in two Availability Zones at least."""

    subnet_ids: Sequence[str]
    security_group_ids: Sequence[str]


def isolated_network(scope: Construct, removal_policy: RemovalPolicy) -> DatabaseNetwork:
    """Without a gateway and without NAT, which would cost by the hour."""
    network = Construct(scope, "Network")
    vpc = ec2.CfnVPC(network, "Vpc", cidr_block=CIDR)
    acknowledge(vpc, "AwsSolutions-VPC7", reason="nothing can enter or leave this network: there is no flow to log")
    subnets = [
        ec2.CfnSubnet(
            network,
            f"Subnet{number}",
            vpc_id=vpc.attr_vpc_id,
            cidr_block=block,
            availability_zone=cdk.Fn.select(number, cdk.Fn.get_azs()),
        )
        for number, block in enumerate(SUBNET_CIDRS)
    ]
    nothing = ec2.CfnSecurityGroup.EgressProperty(
        ip_protocol="icmp", cidr_ip="255.255.255.255/32", from_port=252, to_port=86, description="Nothing"
    )  # an empty list would allow everything
    group = ec2.CfnSecurityGroup(
        network,
        "SecurityGroup",
        group_description="No connections: the database is used through the RDS Data API",
        vpc_id=vpc.attr_vpc_id,
        security_group_egress=[nothing],
    )
    for resource in (vpc, *subnets, group):  # a cluster that stays keeps its network
        resource.apply_removal_policy(removal_policy)
    return DatabaseNetwork([subnet.attr_subnet_id for subnet in subnets], [group.attr_group_id])
