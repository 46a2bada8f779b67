"""Reads policy documents of resources: of identities, of trust, and those that say who may use a resource."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from kit.check.template import Json, Template

IDENTITY_TYPES = (
    "AWS::IAM::Policy",
    "AWS::IAM::ManagedPolicy",
    "AWS::IAM::RolePolicy",
    "AWS::IAM::UserPolicy",
    "AWS::IAM::GroupPolicy",
)
IDENTITIES = ("AWS::IAM::Role", "AWS::IAM::User", "AWS::IAM::Group")
# Type -> the property with its policy.
RESOURCE_POLICIES = {
    "AWS::S3::BucketPolicy": "PolicyDocument",
    "AWS::SNS::TopicPolicy": "PolicyDocument",
    "AWS::SQS::QueuePolicy": "PolicyDocument",
    "AWS::KMS::Key": "KeyPolicy",
    "AWS::SecretsManager::ResourcePolicy": "ResourcePolicy",
    "AWS::ECR::Repository": "RepositoryPolicyText",
    "AWS::S3Vectors::VectorBucketPolicy": "Policy",
    "AWS::Events::EventBusPolicy": "Statement",
    "AWS::Logs::ResourcePolicy": "PolicyDocument",
    "AWS::Bedrock::ResourcePolicy": "PolicyDocument",
    "AWS::BedrockAgentCore::ResourcePolicy": "Policy",
    "AWS::OpenSearchService::Domain": "AccessPolicies",
}
PSEUDO = {
    "AWS::Partition": "aws",
    "AWS::Region": "${Region}",
    "AWS::AccountId": "${Account}",
    "AWS::URLSuffix": "amazonaws.com",
}


class Statement(NamedTuple):
    resource: str  # logical id
    body: Json

    @property
    def allows(self) -> bool:
        return self.body.get("Effect") == "Allow"

    @property
    def actions(self) -> list[str]:
        return [item for item in as_list(self.body.get("Action")) if isinstance(item, str)]

    @property
    def condition_keys(self) -> list[str]:
        """As written, such as `aws:SourceAccount`."""
        operators = self.body.get("Condition")
        tests = operators.values() if isinstance(operators, dict) else ()
        return [str(key) for test in tests if isinstance(test, dict) for key in test]

    def has_condition(self, *keys: str) -> bool:
        wanted = {key.lower() for key in keys}
        return any(key.lower() in wanted for key in self.condition_keys)

    @property
    def principals(self) -> list[tuple[str, Any]]:
        """("Service", "bedrock.amazonaws.com") or ("AWS", "*"), one for each value."""
        principal = self.body.get("Principal")
        if principal == "*":
            return [("AWS", "*")]
        kinds = principal.items() if isinstance(principal, dict) else ()
        return [(kind, value) for kind, values in kinds for value in as_list(values)]


def as_list(value: Any) -> Sequence[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def identity_statements(template: Template) -> Iterator[Statement]:
    """What roles, users and groups may do."""
    for logical_id, properties in template.resources(*IDENTITY_TYPES):
        yield from _statements(logical_id, properties.get("PolicyDocument"))
    for logical_id, properties in template.resources(*IDENTITIES):
        for policy in as_list(properties.get("Policies")):
            if isinstance(policy, dict):
                yield from _statements(logical_id, policy.get("PolicyDocument"))


def trust_statements(template: Template) -> Iterator[Statement]:
    """Who may assume the roles."""
    for logical_id, properties in template.resources("AWS::IAM::Role"):
        yield from _statements(logical_id, properties.get("AssumeRolePolicyDocument"))


def resource_statements(template: Template) -> Iterator[Statement]:
    """Who may use buckets, keys, queues, topics and the like."""
    for kind, name in RESOURCE_POLICIES.items():
        for logical_id, properties in template.resources(kind):
            document = parsed(properties.get(name))
            yield from _statements(logical_id, {"Statement": document} if name == "Statement" else document)


def parsed(document: Any) -> Any:
    """Some types take the policy as a string of JSON."""
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document)
    except ValueError:
        return None


def text_of(value: Any) -> str:
    """`value` with its references as `${LogicalId}` or `${LogicalId.Attribute}`; empty if that is not possible."""
    match value:
        case str():
            return value
        case {"Ref": str(name)}:
            return PSEUDO.get(name, f"${{{name}}}")
        case {"Fn::GetAtt": [str(name), str(attribute)]}:
            return f"${{{name}.{attribute}}}"
        case {"Fn::GetAtt": str(name)}:
            return f"${{{name}}}"
        case {"Fn::Join": [str(separator), list(parts)]}:
            texts = [text_of(part) for part in parts]
            return separator.join(texts) if all(texts) else ""
        case {"Fn::Sub": str(text)}:
            return re.sub(r"\$\{(AWS::\w+)\}", lambda found: PSEUDO.get(found[1], found[0]), text)
    return ""


def service_of(principal: Any) -> str:
    """`states.amazonaws.com` for a service principal, also of one Region (states.us-east-1.amazonaws.com)."""
    return re.sub(r"\.(\$\{Region\}|[a-z]{2}(-[a-z]+)+-\d)\.", ".", text_of(principal))


def _statements(logical_id: str, document: Any) -> Iterator[Statement]:
    content = document.get("Statement") if isinstance(document, Mapping) else None
    for statement in as_list(content):
        for branch in _branches(statement):
            yield Statement(logical_id, branch)


def _branches(statement: Any) -> Iterator[Json]:
    """The statement, or both of an Fn::If."""
    match statement:
        case {"Fn::If": [_, first, second]}:
            yield from _branches(first)
            yield from _branches(second)
        case dict():
            yield statement
