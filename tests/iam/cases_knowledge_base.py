"""Requests of the roles in the knowledge base stack, including the service role."""

from tests.iam.cases import OTHER_ACCOUNT, Cases, arn, on
from tests.iam.cases import OURS as OURS_BY_TAG
from tests.iam.cases import THEIRS as THEIRS_BY_TAG
from tests.synthesized import ACCOUNT

DOCUMENTS = "arn:aws:s3:::iam-knowledge-base-knowledgebasedocuments"
KNOWLEDGE_BASE = arn("bedrock", "knowledge-base/iam-knowledge-base-KnowledgeBase")
VECTOR_BUCKET = "bucket/iam-knowledge-base-knowledgebasevectorbucket"
VECTORS = arn("s3vectors", f"{VECTOR_BUCKET}/index/iam-knowledge-base-knowledgebasevectorindex")
REPLACED_VECTORS = arn("s3vectors", f"{VECTOR_BUCKET}/index/before")
CHUNKS = "arn:aws:s3:::iam-knowledge-base-knowledgebasetransformationchunks"
TRANSFORMATION = arn("lambda", "function:iam-knowledge-base-KnowledgeBaseTransformationFunction")
PROFILE = arn("bedrock", "inference-profile/us.amazon.nova-lite-v1:0")
DESTINATIONS = [
    f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-lite-v1:0"
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
OURS = {"aws:ResourceAccount": ACCOUNT}
THEIRS = {"aws:ResourceAccount": OTHER_ACCOUNT}
REPORT = "parameter/bedrock-kit/iam/knowledge-base/documents/last-ingestion"
QUEUE = arn("sqs", "iam-knowledge-base-IngestionQueue")
HANDBOOKS = "arn:aws:s3:::iam-knowledge-base-knowledgebasehandbooksdocuments"
HANDBOOKS_BASE = arn("bedrock", "knowledge-base/iam-knowledge-base-KnowledgeBaseHandbooks")
HANDBOOKS_QUEUE = arn("sqs", "iam-knowledge-base-IngestionHandbooksQueue")
COLLECTION = arn("aoss", "collection/abcdefghij0123456789")
VECTOR_ACTIONS = (
    "s3vectors:PutVectors",
    "s3vectors:GetVectors",
    "s3vectors:DeleteVectors",
    "s3vectors:QueryVectors",
    "s3vectors:GetIndex",
)

PARTNER, PARTNER_BUCKET = {"aws:ResourceAccount": "444455556666"}, "arn:aws:s3:::partner-manuals"
PARTNER_KEY = "arn:aws:kms:us-east-1:444455556666:key/11111111-2222-3333-4444-555555555555"
THROUGH_S3 = {"kms:ViaService": "s3.us-east-1.amazonaws.com"}

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
            # The source in another account, whose objects its key encrypts:
            *on(PARTNER_BUCKET, "s3:ListBucket", context=PARTNER),
            *on(f"{PARTNER_BUCKET}/released/manual.pdf", "s3:GetObject", context=PARTNER),
            *on(f"{PARTNER_BUCKET}/drafts/2026/manual.pdf", "s3:GetObject", context=PARTNER),
            *on(PARTNER_KEY, "kms:Decrypt", context=THROUGH_S3),
            # What may be put into the custom source by its address:
            *on("arn:aws:s3:::drafts/released/note.md", "s3:GetObject", context=OURS),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-profiles-prereq.html
            *on(PROFILE, "bedrock:InvokeModel", "bedrock:GetInferenceProfile"),
            *(request for arn in DESTINATIONS for request in on(arn, "bedrock:InvokeModel")),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-custom-transformation.html
            *on(f"{TRANSFORMATION}:1", "lambda:InvokeFunction"),
            *on(CHUNKS, "s3:ListBucket", context=OURS),
            *on(f"{CHUNKS}/chunks/any.JSON", "s3:GetObject", "s3:PutObject", context=OURS),
        ],
        denied=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:InvokeModel"),
            *on(DOCUMENTS, "s3:ListBucket", context={**THEIRS, "s3:prefix": "documents/"}),
            *on("arn:aws:s3:::other", "s3:ListBucket", context=OURS),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:GetObject", context=THEIRS),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:PutObject", context=OURS),
            *on(f"{DOCUMENTS}/.bedrock-kit/manifest.json", "s3:GetObject", context=OURS),
            *on(f"{PARTNER_BUCKET}/drafts/2025/manual.pdf", "s3:GetObject", context=PARTNER),
            *on(f"{PARTNER_BUCKET}/released/manual.pdf", "s3:GetObject", context=OURS),
            *on(f"{PARTNER_BUCKET}/released/manual.pdf", "s3:PutObject", context=PARTNER),
            *on(PARTNER_BUCKET, "s3:ListBucket", context=OURS),
            *on("arn:aws:s3:::drafts/secret.md", "s3:GetObject", context=OURS),
            *on("arn:aws:s3:::drafts/released/note.md", "s3:GetObject", context=THEIRS),
            *on(PARTNER_KEY, "kms:Decrypt", context={"kms:ViaService": "s3vectors.us-east-1.amazonaws.com"}),
            *on(PARTNER_KEY, "kms:GenerateDataKey", context=THROUGH_S3),
            *on(arn("s3vectors", "bucket/other/index/other"), *VECTOR_ACTIONS),
            *on(VECTORS, "s3vectors:DeleteIndex"),
            *on(arn("lambda", "function:other:1"), "lambda:InvokeFunction"),
            *on(CHUNKS, "s3:ListBucket", context=THEIRS),
            *on(f"{CHUNKS}/chunks/any.JSON", "s3:GetObject", "s3:PutObject", context=THEIRS),
            *on(f"{CHUNKS}/other/any.JSON", "s3:GetObject", "s3:PutObject", context=OURS),
            *on(f"{CHUNKS}/chunks/any.JSON", "s3:DeleteObject", context=OURS),
        ],
    ),
    "knowledge-base/KnowledgeBaseTransformationRole": Cases(
        logs="iam-knowledge-base-KnowledgeBaseTransformationLogs",
        allowed=on(f"{CHUNKS}/chunks/any.JSON", "s3:GetObject", "s3:PutObject"),
        denied=[
            *on(f"{CHUNKS}/other/any.JSON", "s3:GetObject", "s3:PutObject"),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:GetObject", "s3:PutObject"),
            *on(f"{CHUNKS}/chunks/any.JSON", "s3:DeleteObject"),
        ],
    ),
    "knowledge-base/IngestionSchedulesRole": Cases(
        service="scheduler.amazonaws.com",
        source=arn("scheduler", "schedule-group/iam-knowledge-base-IngestionSchedulesGroup"),
        allowed=on(QUEUE, "sqs:SendMessage"),
        denied=[*on(QUEUE, "sqs:ReceiveMessage"), *on(arn("sqs", "other"), "sqs:SendMessage")],
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
    # Of [knowledge_bases.handbooks], in OpenSearch Serverless.
    "knowledge-base/KnowledgeBaseHandbooksRole": Cases(
        service="bedrock.amazonaws.com",
        source=HANDBOOKS_BASE,
        allowed=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.titan-embed-text-v2:0", "bedrock:InvokeModel"),
            *on(HANDBOOKS, "s3:ListBucket", context=OURS),
            *on(f"{HANDBOOKS}/documents/guide.md", "s3:GetObject", context=OURS),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html; a replaced collection's, too
            *on(COLLECTION, "aoss:APIAccessAll", context=OURS_BY_TAG),
        ],
        denied=[
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:InvokeModel"),
            *on(HANDBOOKS, "s3:ListBucket", context=THEIRS),
            *on(f"{DOCUMENTS}/documents/guide.md", "s3:GetObject", context=OURS),
            *on(f"{HANDBOOKS}/documents/guide.md", "s3:GetObject", context=THEIRS),
            *on(f"{HANDBOOKS}/documents/guide.md", "s3:PutObject", context=OURS),
            *on(COLLECTION, "aoss:APIAccessAll", context=THEIRS_BY_TAG),
            *on(COLLECTION, "aoss:DeleteCollection", context=OURS_BY_TAG),
            *on(VECTORS, *VECTOR_ACTIONS),
        ],
    ),
    "knowledge-base/IngestionHandbooksFunctionRole": Cases(
        logs="iam-knowledge-base-IngestionHandbooksFunctionLogs",
        allowed=[
            *on(HANDBOOKS_BASE, "bedrock:StartIngestionJob", "bedrock:GetIngestionJob"),
            *on(arn("ssm", REPORT.replace("documents", "handbooks")), "ssm:PutParameter"),
            *on(HANDBOOKS_QUEUE, "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:GetQueueAttributes"),
        ],
        denied=[
            *on(KNOWLEDGE_BASE, "bedrock:StartIngestionJob", "bedrock:GetIngestionJob"),
            *on(arn("ssm", REPORT), "ssm:PutParameter"),
            *on(QUEUE, "sqs:ReceiveMessage", "sqs:DeleteMessage"),
        ],
    ),
}
