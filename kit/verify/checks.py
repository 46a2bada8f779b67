"""The checks of `kit verify`, in the order of docs/verification.md. Each only reads, and costs nothing."""

from kit.verify import account, answers, deployed, models, quotas
from kit.verify.check import Check

LIST_MODELS = ("bedrock:ListFoundationModels",)
ABSENT_IN_BEDROCK = (
    "bedrock:GetCustomModel",
    "bedrock:GetCustomModelDeployment",
    "bedrock:GetFoundationModel",
    "bedrock:GetImportedModel",
    "bedrock:GetKnowledgeBase",
    "bedrock:GetModelCustomizationJob",
    "bedrock:GetProvisionedModelThroughput",
)
NAMES = (
    "bedrock:GetCustomModelDeployment",
    "bedrock:GetProvisionedModelThroughput",
    "bedrock:ListGuardrails",
    "bedrock:ListTagsForResource",
    "cloudformation:DescribeStacks",
)
ELSEWHERE = (
    "cloudformation:DescribeStackResource",
    "cloudformation:DescribeStacks",
    "secretsmanager:DescribeSecret",
    "ssm:GetParameter",
)
QUOTA = ("servicequotas:GetAWSDefaultServiceQuota", "servicequotas:GetServiceQuota")

CHECKS = (
    Check("identity", "the credentials are those of the account that you mean", (), account.identity),
    Check("bootstrap", "the account and Region are bootstrapped for the CDK", ("ssm:GetParameter",), account.bootstrap),
    Check(
        "models-offered",
        "the Region offers the models of the file",
        (*LIST_MODELS, "bedrock:ListInferenceProfiles"),
        models.offered,
    ),
    Check("lifecycle", "the catalog's lifecycle of these models is right", LIST_MODELS, models.lifecycle),
    Check(
        "model-access",
        "access to models is ensured",
        ("bedrock:GetFoundationModelAvailability", "bedrock:GetUseCaseForModelAccess"),
        models.access,
    ),
    Check("customization", "your account can fine-tune this model at all", LIST_MODELS, models.customizable),
    Check("job-quota", "the account may queue a job for each customization", QUOTA, quotas.customization_jobs),
    Check("unit-quota", "the account may buy the model units of the file", QUOTA, quotas.model_units),
    Check(
        "knowledge-base-quota",
        "the account may have the knowledge bases of the file",
        (*QUOTA, "bedrock:ListKnowledgeBases"),
        quotas.knowledge_bases,
    ),
    Check(
        "lambda-concurrency",
        "Lambda's concurrency is enough for some callers at once",
        ("lambda:GetAccountSettings",),
        account.lambda_concurrency,
    ),
    Check(
        "api-log-role",
        "the deploy replaces no log role of API Gateway that others use",
        ("apigateway:GET",),
        account.api_log_role,
    ),
    Check("s3-vectors", "the Region has S3 Vectors", ("s3vectors:ListVectorBuckets",), account.s3_vectors),
    Check("agentcore", "AgentCore answers for harnesses", ("bedrock-agentcore:ListHarnesses",), account.agentcore),
    Check("names", "the names that the deploy gives are free or its own", NAMES, deployed.names),
    Check(
        "absent-in-bedrock",
        "Bedrock's messages for an absent or busy resource and for an unverified account are understood",
        ABSENT_IN_BEDROCK,
        answers.absent_in_bedrock,
    ),
    Check(
        "absent-elsewhere",
        'CloudFormation says "does not exist" of a stack or resource that is gone',
        ELSEWHERE,
        answers.absent_elsewhere,
    ),
    Check(
        "absent-object",
        "S3 answers 404 for an absent object to who may list the bucket",
        ("s3:GetObject", "s3:ListBucket"),
        answers.absent_object,
    ),
    Check(
        "stacks",
        "templates are accepted",
        ("cloudformation:DescribeStacks",),
        deployed.stacks,
    ),
    Check(
        "knowledge-base",
        "the knowledge base becomes active with its role",
        ("bedrock:GetKnowledgeBase", "ssm:GetParameter"),
        deployed.knowledge_base,
    ),
    Check(
        "found-by-part",
        "a completed job and a model are found by a part of their name",
        ("bedrock:ListCustomModels", "bedrock:ListModelCustomizationJobs"),
        answers.found_by_part,
    ),
    Check(
        "throughput-metric",
        "Bedrock counts a throughput's calls under its ARN as `ModelId`",
        ("bedrock:ListProvisionedModelThroughputs", "cloudwatch:ListMetrics"),
        deployed.metric_of_throughputs,
    ),
)


def actions() -> list[str]:
    """The IAM actions of all checks. GetCallerIdentity needs none."""
    return sorted({action for check in CHECKS for action in check.actions})
