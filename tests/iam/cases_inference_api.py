"""Requests of the roles in the inference API stack: the API function and the authorizer."""

from tests.iam import cases_imported_models as imports
from tests.iam.cases import OTHER_ACCOUNT, OURS, THEIRS, Cases, arn, on
from tests.synthesized import ACCOUNT

SECRET = arn("secretsmanager", "secret:iam-inference-api-InferenceApiApiKeySecret")
KNOWLEDGE_BASES = [arn("bedrock", f"knowledge-base/iam-knowledge-base-KnowledgeBase{key}") for key in ("", "Handbooks")]
IDS = [f"parameter/bedrock-kit/iam/knowledge-base/{name}/id" for name in ("documents", "handbooks")]
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaabbbbcccc")
THROUGHPUT = arn("bedrock", "provisioned-model/aaaabbbbcccc")
MODEL = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc")
GUARDRAILS = [arn("bedrock", f"guardrail/iam-inference-api-Guardrail{name}") for name in ("Polite", "Grounded")]
GUARDRAIL_KEY = arn("kms", "key/22222222-2222-3333-4444-555555555555")
HARNESS = arn("bedrock-agentcore", "harness/iam-agents-AgentSupportAgentHarness")
AGENT = ("bedrock-agentcore:InvokeHarness", "bedrock-agentcore:InvokeAgentRuntime")
TICKETS = arn("lambda", "function:iam-agents-AgentSupportToolsTicketsFunction")
APPROVALS = arn("secretsmanager", "secret:iam-inference-api-InferenceApiApprovalSecret")
INVOKE = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream")
DESTINATIONS = ("us-east-1", "us-east-2", "us-west-2")
PROFILES = [arn("bedrock", f"inference-profile/us.amazon.nova-{size}-v1:0") for size in ("micro", "lite")]
COST_PROFILE = arn("bedrock", "application-inference-profile/iam-inference-api-CostProfileSupportBot")
FOUNDATION_MODELS = [
    f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-{size}-v1:0"
    for size in ("micro", "lite")
    for region in DESTINATIONS
]

RERANKER = "arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0"
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_S3Location.html: of the caller's rights
MEDIA = ("arn:aws:s3:::pictures/cats/a.png", "arn:aws:s3:::papers/2026/a.pdf")
OWN_BUCKET, FOREIGN_BUCKET = {"aws:ResourceAccount": ACCOUNT}, {"aws:ResourceAccount": OTHER_ACCOUNT}
# The Get actions: https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
INFERENCE_API = {
    "inference-api/InferenceApiFunctionRole": Cases(
        logs="iam-inference-api-InferenceApiFunctionLogs",
        allowed=[
            *(request for model in (*FOUNDATION_MODELS, *PROFILES) for request in on(model, *INVOKE)),
            *(request for model in FOUNDATION_MODELS for request in on(model, "bedrock:CountTokens")),
            *(request for profile in PROFILES for request in on(profile, "bedrock:GetInferenceProfile")),
            *on(COST_PROFILE, *INVOKE, "bedrock:GetInferenceProfile"),
            *on(DEPLOYMENT, *INVOKE, "bedrock:GetCustomModelDeployment", context=OURS),
            *on(THROUGHPUT, *INVOKE, "bedrock:GetProvisionedModelThroughput", context=OURS),
            *on(MODEL, "bedrock:GetCustomModel", context=OURS),
            *imports.API_ALLOWED,
            *on(arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving"), "ssm:GetParameters"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/capacity"), "ssm:GetParameters"),
            # Of a replacement, too, whose id the parameter has.
            *(request for base in KNOWLEDGE_BASES for request in on(base, "bedrock:Retrieve", context=OURS)),
            *(on(arn("ssm", parameter), "ssm:GetParameters")[0] for parameter in IDS),
            *on("*", "bedrock:RetrieveAndGenerate"),
            *(request for guardrail in GUARDRAILS for request in on(guardrail, "bedrock:ApplyGuardrail")),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrails-permissions-kms.html
            *on(GUARDRAIL_KEY, "kms:Decrypt"),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/guardrail-profiles-permissions.html
            *(
                request
                for region in DESTINATIONS
                for request in on(
                    arn("bedrock", "guardrail-profile/us.guardrail.v1:0", region=region), "bedrock:ApplyGuardrail"
                )
            ),
            # Of RetrieveAndGenerate: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
            *on("*", "bedrock:Rerank"),
            *on(RERANKER, "bedrock:InvokeModel"),
            *(request for item in MEDIA for request in on(item, "s3:GetObject", context=OWN_BUCKET)),
            # Of an endpoint, both actions on both ARNs:
            # https://docs.aws.amazon.com/bedrock-agentcore/latest/devguide/harness-security.html
            *(request for one in (HARNESS, f"{HARNESS}/harness-endpoint/live") for request in on(one, *AGENT)),
            *on(TICKETS, "lambda:InvokeFunction"),
            *on(APPROVALS, "secretsmanager:GetSecretValue"),
        ],
        denied=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:InvokeModel"),
            *on(arn("bedrock", "application-inference-profile/other"), *INVOKE, "bedrock:GetInferenceProfile"),
            *on(COST_PROFILE, "bedrock:DeleteInferenceProfile"),
            *on("arn:aws:bedrock:eu-west-1::foundation-model/amazon.nova-lite-v1:0", "bedrock:InvokeModel"),
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:CountTokens"),
            *on(RERANKER, "bedrock:InvokeModelWithResponseStream"),
            *on(RERANKER.replace("us-east-1", "us-west-2"), "bedrock:InvokeModel"),
            *on(DEPLOYMENT, "bedrock:InvokeModel", "bedrock:GetCustomModelDeployment", context=THEIRS),
            *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment", context=OURS),
            *on(THROUGHPUT, "bedrock:InvokeModel", "bedrock:GetProvisionedModelThroughput", context=THEIRS),
            *on(THROUGHPUT, "bedrock:DeleteProvisionedModelThroughput", context=OURS),
            *on(MODEL, "bedrock:GetCustomModel", context=THEIRS),
            *imports.API_DENIED,
            *on(arn("ssm", "parameter/bedrock-kit/other/aliases/support-bot/serving"), "ssm:GetParameters"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving"), "ssm:PutParameter"),
            *on(arn("bedrock", "knowledge-base/other", account=OTHER_ACCOUNT), "bedrock:Retrieve"),
            *on(arn("bedrock", "knowledge-base/REPLACED12"), "bedrock:Retrieve", context=THEIRS),
            *on(arn("ssm", "parameter/bedrock-kit/other/knowledge-base/documents/id"), "ssm:GetParameters"),
            *on(SECRET, "secretsmanager:GetSecretValue"),
            *on(arn("bedrock", "guardrail/other"), "bedrock:ApplyGuardrail"),
            *on(arn("bedrock", "guardrail-profile/us.guardrail.v1:0", region="eu-west-1"), "bedrock:ApplyGuardrail"),
            *on(GUARDRAILS[0], "bedrock:UpdateGuardrail", "bedrock:DeleteGuardrail"),
            *on(GUARDRAIL_KEY, "kms:CreateGrant", "kms:GenerateDataKey", "kms:ScheduleKeyDeletion"),
            *on(arn("kms", "key/99999999-2222-3333-4444-555555555555"), "kms:Decrypt"),
            *on(MEDIA[0], "s3:PutObject", "s3:DeleteObject", context=OWN_BUCKET),
            *(request for item in MEDIA for request in on(item, "s3:GetObject", context=FOREIGN_BUCKET)),
            *on("arn:aws:s3:::pictures-of-others/a.png", "s3:GetObject", context=OWN_BUCKET),
            *on("arn:aws:s3:::papers/2025/a.pdf", "s3:GetObject", context=OWN_BUCKET),
            *on("arn:aws:s3:::pictures", "s3:ListBucket", context=OWN_BUCKET),
            *on(HARNESS, "bedrock-agentcore:InvokeAgentRuntimeCommand", "bedrock-agentcore:UpdateHarness"),
            *on(f"{HARNESS}/harness-endpoint/other", *AGENT),
            *on(arn("bedrock-agentcore", "harness/other"), *AGENT),
            *on(arn("lambda", "function:iam-agents-AgentSupportToolsOrderStatusFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", "function:refunds"), "lambda:InvokeFunction"),
            *on(APPROVALS, "secretsmanager:PutSecretValue"),
        ],
    ),
    "inference-api/InferenceApiAuthorizerFunctionRole": Cases(
        logs="iam-inference-api-InferenceApiAuthorizerFunctionLogs",
        allowed=[*on(SECRET, "secretsmanager:GetSecretValue")],
        denied=[
            *on(SECRET, "secretsmanager:PutSecretValue", "secretsmanager:UpdateSecretVersionStage"),
            *on(arn("secretsmanager", "secret:other"), "secretsmanager:GetSecretValue"),
            *on(FOUNDATION_MODELS[0], "bedrock:InvokeModel"),
        ],
    ),
}
