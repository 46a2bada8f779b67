"""What custom resources may do: one policy for each type, however many resources of the type a stack has.

A role's inline policies hold 10,240 characters together, so a policy for each resource would limit their number.
"""

import json
from collections.abc import Sequence

from aws_cdk import aws_iam as iam
from constructs import Construct

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards


class CustomResourcePolicies(Construct):
    """Belongs beside the provider: below it, every custom resource would depend on the policies of all types."""

    def __init__(self, scope: Construct, construct_id: str, *, role: iam.IRole) -> None:
        super().__init__(scope, construct_id)
        self._role = role
        self._policies: dict[str, iam.Policy] = {}
        self._granted: set[tuple[str, str]] = set()

    def grant(self, resource_type: str, statements: Sequence[iam.PolicyStatement], reason: str) -> iam.Policy:
        """The policy of the type, with each different statement once. `reason` is for wildcards in resources."""
        name = resource_type.removeprefix("Custom::")
        policy = self._policies.get(name) or iam.Policy(self, name, roles=[self._role])
        self._policies[name] = policy
        for statement in statements:
            content = json.dumps(statement.to_statement_json(), sort_keys=True)
            if (name, content) in self._granted:
                continue
            self._granted.add((name, content))
            policy.add_statements(statement)
            if reason:
                acknowledge_wildcards(policy, statement.resources, reason=reason)
        return policy
