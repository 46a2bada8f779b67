"""Requests of the custom resource provider's role in each stack: those of the framework and those of its resources."""

from tests.iam.cases import OURS, REGION, THEIRS, UNTAGGED, Cases, arn, on
from tests.iam.simulator import Request
from tests.synthesized import ACCOUNT

ASSET = f"arn:aws:s3:::cdk-hnb659fds-assets-{ACCOUNT}-{REGION}/<hash>.zip"
FILE_ASSET, OTHER_FILE = ASSET.replace(".zip", ".jsonl"), ASSET.replace("<hash>.zip", "other.jsonl")
OTHER_ASSET = f"arn:aws:s3:::cdk-hnb659fds-assets-{ACCOUNT}-{REGION}/other.zip"
# cdk bootstrap --bootstrap-kms-key-id: a key that no template knows
BOOTSTRAP_KEY = arn("kms", "key/55555555-2222-3333-4444-555555555555")
SERVING = arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving")
OTHER_SERVING = arn("ssm", "parameter/bedrock-kit/other/aliases/support-bot/serving")
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaabbbbcccc")
INGESTION_QUEUE = arn("sqs", "iam-knowledge-base-IngestionQueue")
HANDBOOKS_QUEUE = arn("sqs", "iam-knowledge-base-IngestionHandbooksQueue")
HANDBOOKS = arn("bedrock", "knowledge-base/KB12345678")
COLLECTION = arn("aoss", "collection/abcdefghij0123456789")
KNOWLEDGE_BASE = arn("bedrock", "knowledge-base/iam-knowledge-base-KnowledgeBase")
PUBLISHED = "parameter/bedrock-kit/iam/knowledge-base"
INGESTED = (
    *("bedrock:ListIngestionJobs", "bedrock:GetIngestionJob", "bedrock:StopIngestionJob"),
    *("bedrock:GetDataSource", "bedrock:UpdateDataSource"),
)
GUARDRAILS = [arn("bedrock", f"guardrail/iam-inference-api-Guardrail{name}") for name in ("Polite", "Grounded")]
AGENTS_GUARDRAIL = arn("bedrock", "guardrail/iam-agents-GuardrailPolite")
MODEL_ACCESS = (
    "bedrock:GetFoundationModelAvailability",
    "bedrock:ListFoundationModelAgreementOffers",
    "bedrock:CreateFoundationModelAgreement",
    "bedrock:DeleteFoundationModelAgreement",
    "bedrock:GetUseCaseForModelAccess",
    "bedrock:PutUseCaseForModelAccess",
)
INVOCATION_LOGGING = (
    "bedrock:GetModelInvocationLoggingConfiguration",
    "bedrock:PutModelInvocationLoggingConfiguration",
    "bedrock:DeleteModelInvocationLoggingConfiguration",
)
LOGGING = arn("ssm", "parameter/bedrock-kit/iam/invocation-logging")
OTHER_LOGGING = arn("ssm", "parameter/bedrock-kit/other/invocation-logging")
LOGS_ROLE = arn("iam", "role/iam-invocation-logging-InvocationLoggingRole", region="")
# What Bedrock does on behalf of the caller: https://docs.aws.amazon.com/bedrock/latest/userguide/model-access.html
MARKETPLACE = ("aws-marketplace:Subscribe", "aws-marketplace:Unsubscribe", "aws-marketplace:ViewSubscriptions")


def _function(stack: str) -> str:
    return arn("lambda", f"function:iam-{stack}-CustomResourceProviderFunction")


def _table(stack: str) -> str:
    return arn("dynamodb", f"table/iam-{stack}-CustomResourceProviderLeases")


def provider(stack: str, allowed: list[Request], denied: list[Request]) -> Cases:
    """The framework keeps leases in its table, and invokes itself again for an operation that takes longer."""
    return Cases(
        logs=f"iam-{stack}-CustomResourceProviderFunctionLogs",
        allowed=[
            *allowed,
            *on(_table(stack), "dynamodb:GetItem", "dynamodb:UpdateItem"),
            *on(_function(stack), "lambda:InvokeFunction"),
        ],
        denied=[
            *denied,
            *on(_table(stack), "dynamodb:DeleteTable", "dynamodb:Scan"),
            *on(_table("other"), "dynamodb:GetItem", "dynamodb:UpdateItem"),
            *on(_function("other"), "lambda:InvokeFunction"),
            *on(arn("iam", "role/admin", region=""), "iam:PassRole"),
        ],
    )


def _through_s3(encrypted: str) -> dict[str, str]:
    """https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html#encryption-context"""
    return {"kms:ViaService": f"s3.{REGION}.amazonaws.com", "kms:EncryptionContext:aws:s3:arn": encrypted}


def _objects(bucket: str, prefix: str, asset: str = ASSET) -> tuple[list[Request], list[Request]]:
    """Without ListBucket, S3 answers 403 instead of 404 for an object that does not exist."""
    allowed = [
        *on(asset, "s3:GetObject"),
        *on(BOOTSTRAP_KEY, "kms:Decrypt", context=_through_s3(asset)),
        *on(BOOTSTRAP_KEY, "kms:Decrypt", context=_through_s3(ASSET.partition("/")[0])),  # with an S3 Bucket Key
        *on(f"{bucket}/{prefix}a", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *on(f"{bucket}/.bedrock-kit/manifest", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *on(bucket, "s3:ListBucket"),
    ]
    denied = [
        *on(OTHER_ASSET, "s3:GetObject"),
        *on(BOOTSTRAP_KEY, "kms:Decrypt", context=_through_s3("arn:aws:s3:::other/a")),
        *on(
            BOOTSTRAP_KEY,
            "kms:Decrypt",
            context={**_through_s3(ASSET), "kms:ViaService": "sqs.us-east-1.amazonaws.com"},
        ),
        *on(f"{bucket}/elsewhere/a", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
        *on(bucket, "s3:DeleteBucket"),
        *on("arn:aws:s3:::other", "s3:ListBucket"),
    ]
    return allowed, denied


TRAINING_BUCKET = "arn:aws:s3:::iam-training-trainingdatabucket"
_training_objects, _no_training_objects = _objects(TRAINING_BUCKET, "data/support/", FILE_ASSET)
_documents, _no_documents = _objects("arn:aws:s3:::iam-knowledge-base-knowledgebasedocuments", "documents/")

CUSTOM_RESOURCES = {
    "model-access/CustomResourceProviderFunctionRole": provider(
        "model-access",
        allowed=on("*", *MODEL_ACCESS, *MARKETPLACE),
        denied=on("*", "bedrock:InvokeModel", "aws-marketplace:AcceptAgreementRequest"),
    ),
    "invocation-logging/CustomResourceProviderFunctionRole": provider(
        "invocation-logging",
        allowed=[
            *on("*", *INVOCATION_LOGGING),
            *on(LOGGING, "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
            *on(LOGS_ROLE, "iam:PassRole", context={"iam:PassedToService": "bedrock.amazonaws.com"}),
        ],
        denied=[
            *on("*", "bedrock:InvokeModel"),
            *on(OTHER_LOGGING, "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameter"),
            *on(LOGS_ROLE, "iam:PassRole", context={"iam:PassedToService": "lambda.amazonaws.com"}),
        ],
    ),
    "knowledge-base/CustomResourceProviderFunctionRole": provider(
        "knowledge-base",
        allowed=[
            *_documents,
            *on(INGESTION_QUEUE, "sqs:SendMessage"),
            *on(HANDBOOKS_QUEUE, "sqs:SendMessage"),
            # A removed and a replaced one, too: the tag stays when its ARN has left the policy.
            *(request for base in (KNOWLEDGE_BASE, HANDBOOKS) for request in on(base, *INGESTED, context=OURS)),
            *(on(arn("ssm", f"{PUBLISHED}/{name}/id"), "ssm:GetParameter")[0] for name in ("documents", "removed")),
            # https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-semantic-enrichment.html
            *on("*", "aoss:CreateIndex", "aoss:GetIndex", "aoss:DeleteIndex", "aoss:BatchGetCollection"),
            *on(COLLECTION, "aoss:APIAccessAll", context=OURS),
        ],
        denied=[
            *_no_documents,
            *on(HANDBOOKS, *INGESTED, context=THEIRS),
            *on(arn("ssm", f"{PUBLISHED}/documents/last-ingestion"), "ssm:GetParameter"),
            *on(arn("ssm", f"{PUBLISHED}/documents/id"), "ssm:PutParameter"),
            *on(HANDBOOKS, "bedrock:StartIngestionJob", "bedrock:DeleteKnowledgeBase", context=OURS),
            *on(COLLECTION, "aoss:APIAccessAll", context=THEIRS),
            *on(COLLECTION, "aoss:DeleteCollection", "aoss:UpdateCollection", context=OURS),
            *on(arn("sqs", "iam-knowledge-base-IngestionDeadLetters"), "sqs:SendMessage"),
            *on(INGESTION_QUEUE, "sqs:ReceiveMessage", "sqs:PurgeQueue"),
            *on(KNOWLEDGE_BASE, "bedrock:StartIngestionJob", "bedrock:DeleteKnowledgeBase"),
            *on(arn("bedrock", "knowledge-base/other"), *INGESTED),
        ],
    ),
    "inference-api/CustomResourceProviderFunctionRole": provider(
        "inference-api",
        allowed=[
            request
            for guardrail in GUARDRAILS
            for request in on(guardrail, "bedrock:ListGuardrails", "bedrock:DeleteGuardrail")
        ],
        denied=[
            *on(GUARDRAILS[0], "bedrock:UpdateGuardrail", "bedrock:ApplyGuardrail"),
            *on(arn("bedrock", "guardrail/other"), "bedrock:ListGuardrails", "bedrock:DeleteGuardrail"),
        ],
    ),
    "agents/CustomResourceProviderFunctionRole": provider(
        "agents",
        allowed=on(AGENTS_GUARDRAIL, "bedrock:ListGuardrails", "bedrock:DeleteGuardrail"),
        denied=[
            *on(AGENTS_GUARDRAIL, "bedrock:UpdateGuardrail", "bedrock:ApplyGuardrail"),
            *on(GUARDRAILS[0], "bedrock:ListGuardrails", "bedrock:DeleteGuardrail"),
        ],
    ),
    "training/CustomResourceProviderFunctionRole": provider(
        "training",
        allowed=[
            *_training_objects,
            *on(ASSET, "s3:GetObject"),  # the held-out sets
            *on(arn("lambda", "function:iam-training-WorkflowStarterFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", "function:iam-training-DatasetCollectorFunction"), "lambda:InvokeFunction"),
            *on(arn("lambda", "function:iam-training-ModelSourcesFunction"), "lambda:InvokeFunction"),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", "bedrock:DeleteCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:ListTagsForResource", context=THEIRS),
            *on("*", "bedrock:ListCustomModelDeployments"),
            # The old one of an alias that is renamed, too: the grants have changed by then.
            *on(SERVING, "ssm:GetParameter", "ssm:DeleteParameter"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/aliases/renamed/serving"), "ssm:GetParameter"),
        ],
        denied=[
            *_no_training_objects,
            *on(OTHER_FILE, "s3:GetObject"),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", "bedrock:DeleteCustomModelDeployment", context=THEIRS),
            *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:UpdateCustomModelDeployment", context=OURS),
            *on(
                arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc"),
                "bedrock:CreateCustomModelDeployment",
            ),
            *on(SERVING, "ssm:PutParameter"),
            *on(OTHER_SERVING, "ssm:GetParameter", "ssm:DeleteParameter"),
            *on(arn("lambda", "function:iam-training-WorkflowPromotion"), "lambda:InvokeFunction"),
        ],
    ),
}
