"""Requests that a role must allow and requests that it must deny.

`allowed` has the boto3 calls recorded in the tests (test_recorded_calls.py checks that) and what AWS itself does with
the role, with the documentation page. `denied` has the same requests for neighbouring resources.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, request_tag_key, resource_tag_key
from tests.iam.simulator import Request
from tests.synthesized import ACCOUNT

REGION = "us-east-1"
OTHER_ACCOUNT = "444455556666"
# Tags of what a request acts on, as AWS gives them to IAM; a resource that is absent has none.
OURS = {resource_tag_key(DEPLOYMENT_TAG): "iam"}
THEIRS = {resource_tag_key(DEPLOYMENT_TAG): "other"}
UNTAGGED: dict[str, str] = {}


@dataclass(frozen=True)
class Cases:
    """`service` may assume the role, with `source` as SourceArn if the trust policy requires one."""

    allowed: list[Request]
    denied: list[Request]
    service: str = "lambda.amazonaws.com"
    source: str | None = None
    logs: str | None = field(default=None)


def on(resource: str, *actions: str, context: Mapping[str, str | tuple[str, ...]] | None = None) -> list[Request]:
    return [Request(action, resource, dict(context or {})) for action in actions]


def creating(deployment: str, *tags: str) -> dict[str, str | tuple[str, ...]]:
    """The tags of a request that creates something for `deployment`; `tags` are more keys than the deployment's."""
    return {request_tag_key(DEPLOYMENT_TAG): deployment, "aws:TagKeys": (DEPLOYMENT_TAG, *tags)}


def refused_to_create(resource: str, *actions: str, context: Mapping[str, str] | None = None) -> list[Request]:
    """For another deployment, without its tag, and with a tag that nobody asked for."""
    without_tag: dict[str, str | tuple[str, ...]] = {"aws:TagKeys": (ALIAS_TAG,)}
    return [
        request
        for tags in (creating("other"), without_tag, creating("iam", "owner"))
        for request in on(resource, *actions, context={**(context or {}), **tags})
    ]


def arn(service: str, resource: str, *, region: str = REGION, account: str = ACCOUNT) -> str:
    return f"arn:aws:{service}:{region}:{account}:{resource}"


def stream_of(group: str) -> str:
    """The log stream of the function whose log group is `group`."""
    return arn("logs", f"log-group:{group}:log-stream:2026/11/25/[$LATEST]0f0f")
