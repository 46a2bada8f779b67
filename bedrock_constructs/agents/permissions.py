"""Permissions of a harness's execution role.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html#harness-execution-role-policy
Left out of AWS's example: browsers, code interpreters without such a tool, and tokens of callers with a JWT.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam

from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards

INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
XRAY = ("PutTraceSegments", "PutTelemetryRecords", "GetSamplingRules", "GetSamplingTargets")
MEMORY = ("CreateEvent", "DeleteEvent", "GetEvent", "ListEvents", "RetrieveMemoryRecords")
CODE_INTERPRETER = ("Start{}Session", "Stop{}Session", "Get{}Session", "List{}Sessions", "Invoke{}")
WILDCARD_REASON = (
    "ECR Public, X-Ray and CloudWatch have no resource for these actions; AgentCore chooses the end of the names of "
    "log groups and workload identities; a global profile runs in any Region"
)


def grant_running(role: iam.Role, *, harness_name: str, model_arns: Sequence[str]) -> None:
    """What any harness needs: its model, its container image, logs, traces, metrics, its workload identity."""
    stack = cdk.Stack.of(role)
    logs = _arn(stack, "log-group:/aws/bedrock-agentcore/runtimes/*", service="logs")
    directory = _arn(stack, "workload-identity-directory/default")
    metrics = {"StringEquals": {"cloudwatch:namespace": "bedrock-agentcore"}}
    statements = [
        _allow("InvokeModel", INVOKE, list(model_arns)),
        _allow("PullImage", ["ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken"], ["*"]),
        _allow("Trace", [f"xray:{action}" for action in XRAY], ["*"]),
        _allow("KeepLogGroups", ["logs:CreateLogGroup", "logs:DescribeLogStreams"], [logs]),
        _allow("FindLogGroups", ["logs:DescribeLogGroups"], [_arn(stack, "log-group:*", service="logs")]),
        _allow("WriteLogs", ["logs:CreateLogStream", "logs:PutLogEvents"], [f"{logs}:log-stream:*"]),
        _allow("PutMetrics", ["cloudwatch:PutMetricData"], ["*"], metrics),
        _allow(
            "Identify",
            ["bedrock-agentcore:GetWorkloadAccessToken"],
            [directory, f"{directory}/workload-identity/harness_{harness_name}-*"],
        ),
    ]
    _add(role, statements)


def grant_guardrail(role: iam.Role, *, arns: Sequence[str], key: str | None) -> None:
    statements = [_allow("ApplyGuardrail", ["bedrock:ApplyGuardrail"], list(arns))]
    if key:
        # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html
        statements.append(_allow("DecryptGuardrail", ["kms:Decrypt"], [key]))
    _add(role, statements)


def grant_memory(role: iam.Role, memory_arn: str) -> None:
    _add(role, [_allow("Remember", [f"bedrock-agentcore:{action}" for action in MEMORY], [memory_arn])])


def grant_gateway(role: iam.Role, gateway_arn: str) -> None:
    _add(role, [_allow("CallTools", ["bedrock-agentcore:InvokeGateway"], [gateway_arn])])


def grant_code_interpreter(role: iam.Role) -> None:
    """AWS's own, which has no network but for a sandbox's: https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/code-interpreter-tool.html"""
    stack = cdk.Stack.of(role)
    arn = f"arn:{stack.partition}:bedrock-agentcore:{stack.region}:aws:code-interpreter/*"
    actions = [f"bedrock-agentcore:{action.format('CodeInterpreter')}" for action in CODE_INTERPRETER]
    _add(role, [_allow("RunCode", actions, [arn])])


def _add(role: iam.Role, statements: Sequence[iam.PolicyStatement]) -> None:
    for statement in statements:
        role.add_to_policy(statement)
    acknowledge_wildcards(role, [arn for item in statements for arn in item.resources], reason=WILDCARD_REASON)


def _arn(stack: cdk.Stack, resource: str, *, service: str = "bedrock-agentcore") -> str:
    return f"arn:{stack.partition}:{service}:{stack.region}:{stack.account}:{resource}"


def _allow(
    sid: str, actions: Sequence[str], resources: Sequence[str], conditions: dict[str, dict[str, str]] | None = None
) -> iam.PolicyStatement:
    return iam.PolicyStatement(sid=sid, actions=list(actions), resources=list(resources), conditions=conditions)
