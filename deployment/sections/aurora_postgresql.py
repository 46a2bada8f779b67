"""[knowledge_bases.*.aurora_postgresql]: the capacity of the cluster that keeps its vectors, and where it is."""

from typing import Annotated

from pydantic import Field

from deployment.sections.section import Section, SecurityGroupId, SubnetId

LARGEST_CAPACITY = 256


class AuroraPostgresql(Section):
    """Capacity in ACU. With a `min_capacity` of 0 it pauses after `pause_seconds` without requests.

    Without `subnet_ids` it has a network of its own that nothing can enter or leave.
    """

    min_capacity: Annotated[float, Field(ge=0, le=LARGEST_CAPACITY, multiple_of=0.5)] = 0
    max_capacity: Annotated[float, Field(ge=1, le=LARGEST_CAPACITY, multiple_of=0.5)] = 4
    pause_seconds: Annotated[int, Field(ge=300, le=86_400)] = 300
    subnet_ids: Annotated[list[SubnetId], Field(max_length=20)] = []
    security_group_ids: Annotated[list[SecurityGroupId], Field(max_length=5)] = []
