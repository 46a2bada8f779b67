"""Requests of the roles in the knowledge base stack, including the service role."""

from tests.iam.cases import OTHER_ACCOUNT, Cases, arn, on
from tests.synthesized import ACCOUNT

DOCUMENTS = "arn:aws:s3:::iam-knowledge-base-knowledgebasedocuments"
KNOWLEDGE_BASE = arn("bedrock", "knowledge-base/iam-knowledge-base-KnowledgeBase")
VECTOR_BUCKET = "bucket/iam-knowledge-base-knowledgebasevectorbucket"
VECTORS = arn("s3vectors", f"{VECTOR_BUCKET}/index/iam-knowledge-base-knowledgebasevectorindex")
REPLACED_VECTORS = arn("s3vectors", f"{VECTOR_BUCKET}/index/before")
OURS = {"aws:ResourceAccount": ACCOUNT}
THEIRS = {"aws:ResourceAccount": OTHER_ACCOUNT}
REPORT = "parameter/bedrock-kit/iam/knowledge-base/documents/last-ingestion"
QUEUE = arn("sqs", "iam-knowledge-base-IngestionQueue")
VECTOR_ACTIONS = (
    "s3vectors:PutVectors",
    "s3vectors:GetVectors",
    "s3vectors:DeleteVectors",
    "s3vectors:QueryVectors",
    "s3vectors:GetIndex",
)

KNOWLEDGE_BASES = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html
    "knowledge-base/KnowledgeBaseRole": Cases(
        service="bedrock.amazonaws.com",
        source=KNOWLEDGE_BASE,
        allowed=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0", "bedrock:InvokeModel"),
            *on(DOCUMENTS, "s3:ListBucket", context={**OURS, "s3:prefix": "documents/"}),
            *on(DOCUMENTS, "s3:ListBucket", context=OURS),  # Bedrock may list without a prefix
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:GetObject", context=OURS),
            *on(VECTORS, *VECTOR_ACTIONS),
            # Of Retrieve: https://docs.aws.amazon.com/bedrock/latest/userguide/rerank-prereq.html
            *on("*", "bedrock:Rerank"),
            *on("arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0", "bedrock:InvokeModel"),
            *on(REPLACED_VECTORS, *VECTOR_ACTIONS),  # Bedrock deletes them after the replacement is there
        ],
        denied=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:InvokeModel"),
            *on(DOCUMENTS, "s3:ListBucket", context={**THEIRS, "s3:prefix": "documents/"}),
            *on("arn:aws:s3:::other", "s3:ListBucket", context=OURS),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:GetObject", context=THEIRS),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:PutObject", context=OURS),
            *on(f"{DOCUMENTS}/.bedrock-kit/manifest.json", "s3:GetObject", context=OURS),
            *on(arn("s3vectors", "bucket/other/index/other"), *VECTOR_ACTIONS),
            *on(VECTORS, "s3vectors:DeleteIndex"),
        ],
    ),
    "knowledge-base/IngestionFunctionRole": Cases(
        logs="iam-knowledge-base-IngestionFunctionLogs",
        allowed=[
            *on(KNOWLEDGE_BASE, "bedrock:StartIngestionJob", "bedrock:GetIngestionJob"),
            *on(arn("ssm", REPORT), "ssm:PutParameter"),
            # https://docs.aws.amazon.com/lambda/latest/dg/services-sqs-configure.html
            *on(QUEUE, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        ],
        denied=[
            *on(arn("bedrock", "knowledge-base/other"), "bedrock:StartIngestionJob", "bedrock:GetIngestionJob"),
            *on(KNOWLEDGE_BASE, "bedrock:DeleteKnowledgeBase"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving"), "ssm:PutParameter"),
            *on(QUEUE, "sqs:SendMessage"),
        ],
    ),
}
