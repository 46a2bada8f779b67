"""Requests of the roles in the agents' stack.

https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html#harness-execution-role-policy
"""

from model_catalog import catalog
from tests.iam.cases import OTHER_ACCOUNT, OURS, REGION, THEIRS, Cases, arn, on
from tests.synthesized import ACCOUNT

AGENTCORE, HARNESS = "bedrock-agentcore.amazonaws.com", "iam__support"
MODELS = catalog.invoke_arns("us.amazon.nova-2-lite-v1:0", REGION, ACCOUNT, partition="aws")
GATEWAY = arn("bedrock-agentcore", "gateway/iam-agents-AgentSupportGateway")
MEMORY = arn("bedrock-agentcore", "memory/iam-agents-AgentSupportMemory")
GUARDRAIL = arn("bedrock", "guardrail/iam-agents-GuardrailPolite")
KEY = arn("kms", "key/22222222-2222-3333-4444-555555555555")
PROFILES = [
    arn("bedrock", "guardrail-profile/us.guardrail.v1:0", region=region)
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
INTERPRETER = "arn:aws:bedrock-agentcore:us-east-1:aws:code-interpreter/aws.codeinterpreter.v1"
DIRECTORY = arn("bedrock-agentcore", "workload-identity-directory/default")
RUNTIME_LOGS = arn("logs", "log-group:/aws/bedrock-agentcore/runtimes/harness_iam__support-abc-DEFAULT")
TOOLS = "function:iam-agents-AgentSupportTools"
INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
REMEMBER = tuple(
    f"bedrock-agentcore:{action}"
    for action in ("CreateEvent", "DeleteEvent", "GetEvent", "ListEvents", "RetrieveMemoryRecords")
)
RUN_CODE = tuple(
    f"bedrock-agentcore:{action}"
    for action in (
        *("StartCodeInterpreterSession", "StopCodeInterpreterSession", "GetCodeInterpreterSession"),
        *("ListCodeInterpreterSessions", "InvokeCodeInterpreter"),
    )
)
XRAY = ("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")

AGENTS = {
    "agents/AgentSupportAgentRole": Cases(
        service=AGENTCORE,
        source=arn("bedrock-agentcore", f"harness/{HARNESS}-abcdefghij"),
        allowed=[
            *(request for model in MODELS for request in on(model, *INVOKE)),
            *(request for guarded in (GUARDRAIL, *PROFILES) for request in on(guarded, "bedrock:ApplyGuardrail")),
            *on(KEY, "kms:Decrypt"),
            *on(GATEWAY, "bedrock-agentcore:InvokeGateway"),
            *on(MEMORY, *REMEMBER),
            *on(INTERPRETER, *RUN_CODE),
            *on(DIRECTORY, "bedrock-agentcore:GetWorkloadAccessToken"),
            *on(f"{DIRECTORY}/workload-identity/harness_{HARNESS}-abc", "bedrock-agentcore:GetWorkloadAccessToken"),
            *on("*", "ecr-public:GetAuthorizationToken", "sts:GetServiceBearerToken", *XRAY),
            *on(RUNTIME_LOGS, "logs:CreateLogGroup", "logs:DescribeLogStreams"),
            *on(arn("logs", "log-group:any"), "logs:DescribeLogGroups"),
            *on(f"{RUNTIME_LOGS}:log-stream:one", "logs:CreateLogStream", "logs:PutLogEvents"),
            *on("*", "cloudwatch:PutMetricData", context={"cloudwatch:namespace": "bedrock-agentcore"}),
        ],
        denied=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", *INVOKE),
            *on(arn("bedrock", "guardrail/other"), "bedrock:ApplyGuardrail"),
            *on(arn("kms", "key/other"), "kms:Decrypt"),
            *on(arn("bedrock-agentcore", "gateway/other"), "bedrock-agentcore:InvokeGateway"),
            *on(arn("bedrock-agentcore", "memory/other"), *REMEMBER),
            *on(arn("bedrock-agentcore", "code-interpreter-custom/other"), *RUN_CODE),
            *on(f"{DIRECTORY}/workload-identity/harness_other-abc", "bedrock-agentcore:GetWorkloadAccessToken"),
            *on(arn("logs", "log-group:/aws/lambda/other"), "logs:CreateLogGroup", "logs:DescribeLogStreams"),
            *on(arn("logs", "log-group:/aws/lambda/other:log-stream:one"), "logs:CreateLogStream", "logs:PutLogEvents"),
            *on(arn("logs", "log-group:any", account=OTHER_ACCOUNT), "logs:DescribeLogGroups"),
            *on("*", "cloudwatch:PutMetricData", context={"cloudwatch:namespace": "AWS/Bedrock"}),
            # A caller who may redirect a request to another role or function gains nothing by it.
            *on(f"arn:aws:iam::{ACCOUNT}:role/admin", "sts:AssumeRole"),
            *on(arn("lambda", f"{TOOLS}OrderStatusFunction"), "lambda:InvokeFunction"),
        ],
    ),
    # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/gateway-prerequisites-permissions.html
    "agents/AgentSupportGatewayRole": Cases(
        service=AGENTCORE,
        source=arn("bedrock-agentcore", "gateway/iam-support-a9e404-abcdefghij"),
        allowed=[
            *on(arn("lambda", f"{TOOLS}OrderStatusFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", f"{TOOLS}ManualsFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", "function:refunds"), "lambda:InvokeFunction"),
        ],
        denied=[
            # A person approves it, and the API calls it then.
            *on(arn("lambda", f"{TOOLS}TicketsFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", "function:other"), "lambda:InvokeFunction"),
        ],
    ),
    "agents/AgentSupportToolsManualsFunctionRole": Cases(
        logs="iam-agents-AgentSupportToolsManualsFunctionLogs",
        # Of a replacement, too, whose id the parameter has.
        allowed=[
            *on(arn("bedrock", "knowledge-base/REPLACED12"), "bedrock:Retrieve", context=OURS),
            *on(arn("ssm", "parameter/bedrock-kit/iam/knowledge-base/documents/id"), "ssm:GetParameter"),
        ],
        denied=[
            *on(arn("bedrock", "knowledge-base/other"), "bedrock:Retrieve", context=THEIRS),
            *on(arn("ssm", "parameter/bedrock-kit/iam/knowledge-base/handbooks/id"), "ssm:GetParameter"),
        ],
    ),
    "agents/AgentSupportToolsOrderStatusRole": Cases(
        logs="iam-agents-AgentSupportToolsOrderStatusLogs",
        allowed=[],
        denied=on("arn:aws:s3:::iam-knowledge-base-knowledgebasedocuments", "s3:ListBucket"),
    ),
    "agents/AgentSupportToolsTicketsRole": Cases(
        logs="iam-agents-AgentSupportToolsTicketsLogs",
        allowed=[],
        denied=on("arn:aws:s3:::iam-knowledge-base-knowledgebasedocuments", "s3:ListBucket"),
    ),
}
