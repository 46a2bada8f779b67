"""The VPC of jobs: [training] vpc, and that of one model."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import Section, SecurityGroupId, SubnetId


class JobNetwork(Section):
    """Where Bedrock puts the network interfaces of a job. Its data needs an S3 endpoint in this VPC."""

    subnet_ids: Annotated[list[SubnetId], Field(min_length=1, max_length=16)]
    security_group_ids: Annotated[list[SecurityGroupId], Field(min_length=1, max_length=5)]
