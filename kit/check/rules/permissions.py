"""What identities may do: PassRole, wildcards of Bedrock's actions, and permissions that can never apply."""

from collections.abc import Iterator

from kit.check.finding import Finding
from kit.check.rules import service_reference as reference
from kit.check.rules.policy_documents import (
    Statement,
    as_list,
    identity_statements,
    resource_statements,
    text_of,
    trust_statements,
)
from kit.check.template import Template

PASS_ROLE = ("iam:passrole", "iam:pass*", "iam:*", "*")


def check(template: Template) -> Iterator[Finding]:
    for statement in identity_statements(template):
        if statement.allows:
            yield from _pass_role(template, statement)
            yield from _bedrock_wildcards(template, statement)
        yield from _resources(template, statement)
    for source in (identity_statements, trust_statements, resource_statements):
        for statement in source(template):
            yield from _condition_keys(template, statement)


def _pass_role(template: Template, statement: Statement) -> Iterator[Finding]:
    if not any(action.lower() in PASS_ROLE for action in statement.actions):
        return
    if any(text_of(resource) == "*" for resource in as_list(statement.body.get("Resource"))):
        reason = "iam:PassRole on *: it can give a service any role of the account, also an administrator's"
        fix = "name the role's ARN, and add the condition iam:PassedToService"
    elif not statement.has_condition("iam:PassedToService"):
        reason = "iam:PassRole without iam:PassedToService: the role can be given to any service that it trusts"
        fix = "add the condition StringEquals iam:PassedToService with the service, such as bedrock.amazonaws.com"
    else:
        return
    yield Finding(template.stack, statement.resource, "kit-pass-role", reason, fix)


def _bedrock_wildcards(template: Template, statement: Statement) -> Iterator[Finding]:
    for action in statement.actions:
        service, _, name = action.lower().partition(":")
        if action == "*" or (service.startswith("bedrock") and "*" in name):
            reason = f"{action} also allows what costs by the hour (provisioned throughput), and what AWS adds later"
            fix = "list the actions that the code calls"
            yield Finding(template.stack, statement.resource, "kit-bedrock-wildcard", reason, fix)


def _resources(template: Template, statement: Statement) -> Iterator[Finding]:
    """Actions that none of the statement's resources can be the resource of."""
    arns = [_arn(template, resource) for resource in as_list(statement.body.get("Resource"))]
    if not arns or not all(arns):
        return
    for action in statement.actions:
        formats = reference.resource_formats(action)
        if formats and not any(reference.fits(arn, known) for arn in arns for known in formats):
            reason = f"{action} applies to none of the resources {', '.join(arns)}, so it allows nothing"
            fix = f"name what it applies to: {', '.join(formats)}"
            yield Finding(template.stack, statement.resource, "kit-action-resource", reason, fix)


def _arn(template: Template, resource: object) -> str:
    """The ARN with `${...}` for what is not known; empty if it is not known what it is the ARN of."""
    text = text_of(resource)
    if text == "*" or text.startswith("arn:"):
        return text
    for logical_id, _ in template.resources("AWS::S3::Bucket"):
        name = f"${{{logical_id}.Arn}}"
        if text == name or text.startswith(f"{name}/"):
            return text.replace(name, f"arn:{{partition}}:s3:::{logical_id}", 1)
    return ""


def _condition_keys(template: Template, statement: Statement) -> Iterator[Finding]:
    for key in statement.condition_keys:
        if not reference.is_known_condition_key(key):
            near = reference.near_condition_keys(key)
            reason = f"the condition key {key} does not exist, so the condition is never true"
            fix = f"did you mean {' or '.join(near)}?" if near else "use a key of the Service Authorization Reference"
            yield Finding(template.stack, statement.resource, "kit-condition-key", reason, fix)
