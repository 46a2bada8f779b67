"""Requests of the roles that buy and release provisioned throughput, and of the promotion that updates its model."""

from kit_contract.tags import ALIAS_TAG, RESOURCE_TAG
from tests.iam import cases_imported_models as imports
from tests.iam.cases import OURS, THEIRS, UNTAGGED, Cases, arn, creating, on, refused_to_create
from tests.iam.cases_custom_resources import provider

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
CREATE, GET, UPDATE, DELETE = (
    f"bedrock:{verb}ProvisionedModelThroughput" for verb in ("Create", "Get", "Update", "Delete")
)
BOUGHT = creating("iam", ALIAS_TAG, RESOURCE_TAG)
DEPLOYED = creating("iam", ALIAS_TAG)
# Resources of each action: https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonbedrock.html
THROUGHPUT_REQUESTS = [
    *on(THROUGHPUT, GET, UPDATE, DELETE, context=OURS),
    *on(THROUGHPUT, GET, context=UNTAGGED),  # an absent one, whose name is looked up
    *on(THROUGHPUT, "bedrock:TagResource", context=BOUGHT),
    *on(THROUGHPUT, "bedrock:TagResource", context={**BOUGHT, **OURS}),
    *on(MODEL, CREATE, context={**BOUGHT, **OURS}),
    *on(MODEL, UPDATE, context=OURS),
    *(request for whose in (OURS, THEIRS) for request in on(THROUGHPUT, "bedrock:ListTagsForResource", context=whose)),
    *on(MODEL, "bedrock:ListTagsForResource"),
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_servicequotas.html
    *on("*", "bedrock:ListCustomModels", "bedrock:ListProvisionedModelThroughputs", "servicequotas:GetServiceQuota"),
    *on(f"{ALIAS}/capacity", "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
    *on(PROMOTED, "ssm:GetParameter"),
]
NOT_THE_THROUGHPUTS = [
    *on(THROUGHPUT, GET, UPDATE, DELETE, context=THEIRS),
    *on(THROUGHPUT, UPDATE, DELETE, context=UNTAGGED),
    *on(THROUGHPUT, "bedrock:TagResource", context={**BOUGHT, **THEIRS}),
    *refused_to_create(THROUGHPUT, "bedrock:TagResource"),
    *refused_to_create(MODEL, CREATE, context=OURS),
    *on(MODEL, CREATE, context={**BOUGHT, **THEIRS}),
    *on(MODEL, UPDATE, context=THEIRS),
    *on(BASE, CREATE, context=BOUGHT),
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
            # Whose a name is, and whether another section of the same model is deployed.
            *on(f"{CAPACITY}/settings", "ssm:GetParameter"),
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
            *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**DEPLOYED, **OURS}),
            *on(MODEL, "bedrock:UpdateCustomModelDeployment", UPDATE, context=OURS),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", "bedrock:UpdateCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:TagResource", context=DEPLOYED),
            *on(THROUGHPUT, GET, UPDATE, context=OURS),
            *on(THROUGHPUT, GET, context=UNTAGGED),
            *(
                request
                for target in (DEPLOYMENT, THROUGHPUT)
                for request in on(target, "bedrock:ListTagsForResource", context=THEIRS)
            ),
            *imports.PROMOTION_ALLOWED,
            *on(f"{ALIAS}/serving", "ssm:PutParameter"),
            *on(PROMOTED, "ssm:PutParameter"),
            *on(PROMOTED.removesuffix("/promoted"), "ssm:GetParameter"),
        ],
        denied=[
            *imports.LOOK_DENIED,
            *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", "bedrock:UpdateCustomModelDeployment", context=THEIRS),
            *on(DEPLOYMENT, "bedrock:UpdateCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:TagResource", context={**DEPLOYED, **THEIRS}),
            *refused_to_create(DEPLOYMENT, "bedrock:TagResource"),
            *refused_to_create(MODEL, "bedrock:CreateCustomModelDeployment", context=OURS),
            *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**DEPLOYED, **THEIRS}),
            *on(MODEL, "bedrock:UpdateCustomModelDeployment", UPDATE, context=THEIRS),
            *on(THROUGHPUT, GET, UPDATE, context=THEIRS),
            *on(THROUGHPUT, DELETE, context=OURS),
            *on(THROUGHPUT, "bedrock:TagResource", context=DEPLOYED),
            *on(MODEL, CREATE, "bedrock:TagResource", "bedrock:DeleteCustomModel", context={**DEPLOYED, **OURS}),
            *on(f"{ALIAS}/capacity", "ssm:PutParameter"),
            *on(f"{OTHER_ALIAS}/serving", "ssm:PutParameter"),
        ],
    ),
}
