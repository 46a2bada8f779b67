"""Conditions that keep a role to what carries its deployment's tag. Bedrock chooses ids, so no ARN can name it.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html has `aws:ResourceTag` for
throughputs, custom models, their deployments and jobs, and `aws:RequestTag` and `aws:TagKeys` for what creates them.
"""

from kit_contract.tags import ALIAS_TAG, DEPLOYMENT_TAG, EXECUTION_TAG, RESOURCE_TAG, request_tag_key, resource_tag_key

Conditions = dict[str, dict[str, object]]


def own(kit_deployment: str) -> Conditions:
    """To change or delete: the resource carries the tag."""
    return {"StringEquals": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}


def own_or_absent(kit_deployment: str) -> Conditions:
    """To look whether a name exists: a resource that is absent, or was created a moment ago, has no tag yet.

    Under `own` the answer for an absent one would be AccessDeniedException.
    """
    return {"StringEqualsIfExists": {resource_tag_key(DEPLOYMENT_TAG): kit_deployment}}


def created_as_own(kit_deployment: str, *more_tags: str) -> Conditions:
    """To create: the request gives the tag, and no tags but it and `more_tags`."""
    return {
        "StringEquals": {request_tag_key(DEPLOYMENT_TAG): kit_deployment},
        "ForAllValues:StringEquals": {"aws:TagKeys": [DEPLOYMENT_TAG, *more_tags]},
    }


def throughput_created(kit_deployment: str) -> Conditions:
    return created_as_own(kit_deployment, ALIAS_TAG, RESOURCE_TAG)


def served_created(kit_deployment: str) -> Conditions:
    """Of custom models, their jobs and their deployments."""
    return created_as_own(kit_deployment, ALIAS_TAG)


def candidate_created(kit_deployment: str) -> Conditions:
    return created_as_own(kit_deployment, ALIAS_TAG, EXECUTION_TAG)


def both(one: Conditions, other: Conditions) -> Conditions:
    """Everything that `one` and `other` require."""
    return {operator: {**one.get(operator, {}), **other.get(operator, {})} for operator in {**one, **other}}
