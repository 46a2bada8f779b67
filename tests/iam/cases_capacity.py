"""Requests of the roles that buy and release provisioned throughput, and of the promotion that updates its model."""

from tests.iam.cases import Cases, arn, on
from tests.iam.cases_custom_resources import provider
from tests.iam.cases_inference_api import OURS, THEIRS

THROUGHPUT = arn("bedrock", "provisioned-model/aaaabbbbcccc")
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaabbbbcccc")
MODEL = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc")
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
ALIAS = arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot")
OTHER_ALIAS = arn("ssm", "parameter/bedrock-kit/other/aliases/support-bot")
PROMOTED = arn("ssm", "parameter/bedrock-kit/iam/customizations/support/promoted")
CAPACITY = arn("ssm", "parameter/bedrock-kit/iam/capacity/iam-support")
BEFORE_RENAME = arn("ssm", "parameter/bedrock-kit/iam/capacity/iam-before")
FUNCTION = arn("lambda", "function:iam-provisioned-throughput-CapacityFunction")
DEAD_LETTERS = arn("sqs", "iam-provisioned-throughput-CapacityDeadLetters")
NOTICES = arn("sns", "iam-provisioned-throughput-CapacityNotices")
# Resources of each action: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
THROUGHPUT_REQUESTS = [
    *on(
        THROUGHPUT,
        "bedrock:GetProvisionedModelThroughput",
        "bedrock:UpdateProvisionedModelThroughput",
        "bedrock:DeleteProvisionedModelThroughput",
        "bedrock:ListTagsForResource",
        "bedrock:TagResource",
    ),
    *on(MODEL, "bedrock:CreateProvisionedModelThroughput", "bedrock:UpdateProvisionedModelThroughput"),
    *on(MODEL, "bedrock:ListTagsForResource"),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
    *on("*", "bedrock:ListCustomModels", "bedrock:ListProvisionedModelThroughputs", "servicequotas:GetServiceQuota"),
    *on(f"{ALIAS}/capacity", "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
    *on(PROMOTED, "ssm:GetParameter"),
]
NOT_THE_THROUGHPUTS = [
    *on(BASE, "bedrock:CreateProvisionedModelThroughput"),
    *on(MODEL, "bedrock:DeleteCustomModel"),
    *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment"),
    *on(f"{ALIAS}/serving", "ssm:PutParameter", "ssm:DeleteParameter"),
    *on(f"{OTHER_ALIAS}/capacity", "ssm:PutParameter", "ssm:DeleteParameter"),
    *on(PROMOTED, "ssm:PutParameter"),
    *on(arn("servicequotas", "bedrock/L-BE77399C"), "servicequotas:RequestServiceQuotaIncrease"),
]

CAPACITY_ROLES = {
    "provisioned-throughput/CustomResourceProviderFunctionRole": provider(
        "provisioned-throughput",
        allowed=[
            *THROUGHPUT_REQUESTS,
            *on(f"{CAPACITY}/ledger", "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
            # A renamed throughput takes its ledger along, and leaves its alias, after the grants have changed.
            *on(f"{BEFORE_RENAME}/ledger", "ssm:GetParameter", "ssm:DeleteParameter"),
            *on(f"{ALIAS}-before/capacity", "ssm:GetParameter", "ssm:DeleteParameter"),
            *on(FUNCTION, "lambda:InvokeFunction"),
        ],
        denied=[
            *NOT_THE_THROUGHPUTS,
            *on(f"{CAPACITY}/settings", "ssm:PutParameter"),
            *on(arn("lambda", "function:other"), "lambda:InvokeFunction"),
        ],
    ),
    "provisioned-throughput/CapacityFunctionRole": Cases(
        logs="iam-provisioned-throughput-CapacityFunctionLogs",
        allowed=[
            *THROUGHPUT_REQUESTS,
            *on(f"{CAPACITY}/settings", "ssm:GetParameter"),
            *on(f"{CAPACITY}/ledger", "ssm:GetParameter", "ssm:PutParameter"),
            *on(NOTICES, "sns:Publish"),
            *on("*", "cloudwatch:GetMetricStatistics"),
            *on(THROUGHPUT, "bedrock:InvokeModel", context=OURS),
            *on(MODEL, "bedrock:GetCustomModel", context=OURS),
            # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
            *on(DEAD_LETTERS, "sqs:SendMessage"),
        ],
        denied=[
            *NOT_THE_THROUGHPUTS,
            *on(f"{CAPACITY}/settings", "ssm:PutParameter"),
            *on(f"{CAPACITY}/ledger", "ssm:DeleteParameter"),
            *on(THROUGHPUT, "bedrock:InvokeModel", context=THEIRS),
            *on(MODEL, "bedrock:GetCustomModel", context=THEIRS),
            *on(DEPLOYMENT, "bedrock:InvokeModel", context=OURS),
            *on(arn("sns", "other"), "sns:Publish"),
            *on(FUNCTION, "lambda:InvokeFunction"),
        ],
    ),
    # https://docs.aws.amazon.com/scheduler/latest/UserGuide/setting-up.html
    "provisioned-throughput/CapacitySchedulerRole": Cases(
        service="scheduler.amazonaws.com",
        source=arn("scheduler", "schedule-group/iam-provisioned-throughput-CapacitySchedules"),
        allowed=[*on(FUNCTION, "lambda:InvokeFunction"), *on(DEAD_LETTERS, "sqs:SendMessage")],
        denied=[
            *on(arn("lambda", "function:other"), "lambda:InvokeFunction"),
            *on(arn("sqs", "other"), "sqs:SendMessage"),
            *on(THROUGHPUT, "bedrock:DeleteProvisionedModelThroughput"),
        ],
    ),
    "training/WorkflowPromotionRole": Cases(
        logs="iam-training-WorkflowPromotionLogs",
        allowed=[
            *on(MODEL, "bedrock:CreateCustomModelDeployment", "bedrock:UpdateCustomModelDeployment"),
            *on(
                DEPLOYMENT,
                "bedrock:GetCustomModelDeployment",
                "bedrock:UpdateCustomModelDeployment",
                "bedrock:ListTagsForResource",
                "bedrock:TagResource",
            ),
            *on(
                THROUGHPUT,
                "bedrock:GetProvisionedModelThroughput",
                "bedrock:UpdateProvisionedModelThroughput",
                "bedrock:ListTagsForResource",
            ),
            *on(MODEL, "bedrock:UpdateProvisionedModelThroughput"),
            *on(f"{ALIAS}/serving", "ssm:PutParameter"),
            *on(PROMOTED, "ssm:PutParameter"),
            *on(PROMOTED.removesuffix("/promoted"), "ssm:GetParameter"),
        ],
        denied=[
            *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment"),
            *on(THROUGHPUT, "bedrock:DeleteProvisionedModelThroughput", "bedrock:TagResource"),
            *on(MODEL, "bedrock:CreateProvisionedModelThroughput", "bedrock:TagResource", "bedrock:DeleteCustomModel"),
            *on(f"{ALIAS}/capacity", "ssm:PutParameter"),
            *on(f"{OTHER_ALIAS}/serving", "ssm:PutParameter"),
        ],
    ),
}
