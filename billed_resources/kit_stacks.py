"""Finds the stacks of this kit in an account and region by their tag, and orders them for removal."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from kit_contract.stacks import STACK_SUFFIXES
from kit_contract.tags import DEPLOYMENT_TAG

if TYPE_CHECKING:
    from mypy_boto3_cloudformation import CloudFormationClient


@dataclass(frozen=True)
class KitStack:
    """A stack that exists. `arn` still finds it after its deletion."""

    name: str
    arn: str
    region: str
    deployment: str
    status: str
    created: datetime


def kit_stacks(cloudformation: "CloudFormationClient") -> list[KitStack]:
    """Every stack with the kit's tag but nested ones. Raises botocore's errors."""
    found = []
    for page in cloudformation.get_paginator("describe_stacks").paginate():
        for stack in page["Stacks"]:
            tags: Mapping[str, str] = {tag["Key"]: tag["Value"] for tag in stack.get("Tags", [])}
            if DEPLOYMENT_TAG in tags and not stack.get("ParentId") and stack["StackStatus"] != "DELETE_COMPLETE":
                found.append(
                    KitStack(
                        name=stack["StackName"],
                        arn=stack["StackId"],
                        region=cloudformation.meta.region_name,
                        deployment=tags[DEPLOYMENT_TAG],
                        status=stack["StackStatus"],
                        created=stack["CreationTime"],
                    )
                )
    return found


def removal_order(stacks: Iterable[KitStack]) -> list[KitStack]:
    """The reverse of deployment: callers first. Stacks that the kit does not know come before those it knows."""
    return sorted(stacks, key=lambda stack: (_rank(stack), stack.created), reverse=True)


def _rank(stack: KitStack) -> int:
    suffix = stack.name.removeprefix(f"{stack.deployment}-")
    return STACK_SUFFIXES.index(suffix) if suffix in STACK_SUFFIXES else len(STACK_SUFFIXES)
