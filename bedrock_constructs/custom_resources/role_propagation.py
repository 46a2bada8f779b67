"""Waits on deploy until a role that was just created or changed is in effect everywhere in AWS."""

from collections.abc import Sequence

from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider

SECONDS_CONTEXT = "role_propagation_seconds"
# IAM gives no figure. Terraform's provider repeats for two minutes at most; a role is mostly there within ten seconds.
DEFAULT_SECONDS = 20


def role_propagation(scope: Construct, *, role: iam.Role, resources: Sequence[str]) -> CustomResource:
    """Depend on it instead of on the role. `resources` are the ARNs in the policies: another one is waited for again.

    The context value `role_propagation_seconds` overrides the time.
    """
    override = scope.node.try_get_context(SECONDS_CONTEXT)
    resource = CustomResourceProvider.of(scope).custom_resource(
        scope,
        resource_type="Custom::RolePropagation",
        properties={
            "RoleName": role.role_name,
            "Resources": list(resources),
            "Seconds": DEFAULT_SECONDS if override is None else int(override),
        },
        statements=[],
    )
    resource.node.add_dependency(role)  # and on its policy
    return resource
