"""Who may use a resource: AWS services on whose behalf, and everybody."""

from collections.abc import Iterator

from kit.check.finding import Finding
from kit.check.rules.policy_documents import Statement, resource_statements, service_of, trust_statements
from kit.check.template import Template

# Services whose guides document the confused deputy problem for roles that they assume, each with these condition keys.
DOCUMENTED = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        *("bedrock", "bedrock-agentcore", "sagemaker", "states", "scheduler", "pipes", "events", "glue", "firehose"),
        *("kendra", "comprehend", "transcribe", "translate", "textract", "rekognition", "forecast", "personalize"),
        *("ecs-tasks", "ssm", "budgets", "logs", "codebuild", "batch", "datasync", "iot", "transfer", "amplify"),
    )
)
# Services that send to a topic, queue, bucket or function for whoever configured them.
SENDERS = frozenset(
    f"{name}.amazonaws.com"
    for name in (
        *("sns", "s3", "events", "budgets", "cloudwatch", "scheduler", "cloudtrail", "config"),
        *("logging.s3", "bedrock", "costalerts", "ses"),
    )
)
SOURCES = ("aws:SourceAccount", "aws:SourceArn", "aws:SourceOrgID", "aws:SourceOrgPaths")
LIMITS = (
    *SOURCES,
    *("aws:PrincipalOrgID", "aws:PrincipalOrgPaths", "aws:PrincipalAccount", "aws:PrincipalArn", "aws:SourceVpc"),
    *(
        "aws:SourceVpce",
        "aws:SourceIp",
        "aws:SourceOwner",
        "aws:ResourceAccount",
        "kms:CallerAccount",
        "sts:ExternalId",
    ),
    *("s3:DataAccessPointAccount", "AWS:SourceOwner"),
)


def check(template: Template) -> Iterator[Finding]:
    for statement in trust_statements(template):
        if statement.allows:
            yield from _deputy(template, statement, "kit-trust-source", DOCUMENTED, "assume the role")
            yield from _everybody(template, statement, "assume the role")
    for statement in resource_statements(template):
        if statement.allows:
            yield from _deputy(template, statement, "kit-policy-source", SENDERS, "use the resource")
            yield from _everybody(template, statement, "use the resource")
    yield from _lambda_permissions(template)


def _deputy(
    template: Template, statement: Statement, rule: str, services: frozenset[str], what: str
) -> Iterator[Finding]:
    named = sorted({service_of(value) for kind, value in statement.principals if kind == "Service"} & services)
    if named and not statement.has_condition(*SOURCES):
        reason = f"another account can make {', '.join(named)} {what} for it (confused deputy)"
        fix = "add a condition: StringEquals aws:SourceAccount, and ArnLike aws:SourceArn"
        yield Finding(template.stack, statement.resource, rule, reason, fix)


def _everybody(template: Template, statement: Statement, what: str) -> Iterator[Finding]:
    if ("AWS", "*") in statement.principals and not statement.has_condition(*LIMITS):
        reason = f'Principal "*" without a condition: anyone with an AWS account may {what}'
        fix = "name the accounts, roles or services, or add a condition such as aws:PrincipalOrgID"
        yield Finding(template.stack, statement.resource, "kit-principal-everybody", reason, fix)


def _lambda_permissions(template: Template) -> Iterator[Finding]:
    for logical_id, properties in template.resources("AWS::Lambda::Permission"):
        principal = properties.get("Principal")
        limited = any(name in properties for name in ("SourceArn", "SourceAccount", "PrincipalOrgID"))
        if limited or not isinstance(principal, str):
            continue
        if principal == "*":
            reason = 'Principal "*": anyone with an AWS account may invoke the function'
            fix = "name the principal, or set PrincipalOrgID"
            yield Finding(template.stack, logical_id, "kit-lambda-permission-everybody", reason, fix)
        elif principal.endswith(".amazonaws.com"):
            reason = f"{principal} may invoke the function for any account (confused deputy)"
            fix = "set SourceArn, and SourceAccount if the ARN names no account"
            yield Finding(template.stack, logical_id, "kit-lambda-permission-source", reason, fix)
