"""Requests of Bedrock with the role of the evaluation jobs of a knowledge base.

https://docs.aws.amazon.com/bedrock/latest/userguide/rag-eval-service-roles.html
"""

from tests.iam.cases import OTHER_ACCOUNT, UNTAGGED, Cases, arn, on
from tests.iam.cases import OURS as OURS_BY_TAG
from tests.iam.cases import THEIRS as THEIRS_BY_TAG
from tests.iam.cases_knowledge_base import DOCUMENTS, HANDBOOKS, HANDBOOKS_BASE, KNOWLEDGE_BASE, OURS, THEIRS

JOB = arn("bedrock", "evaluation-job/0123456789ab")
ANSWERS, JUDGES = (f"us.amazon.nova-{size}-v1:0" for size in ("micro", "pro"))
PROFILES = [arn("bedrock", f"inference-profile/{profile}") for profile in (ANSWERS, JUDGES)]
# The profiles route to these.
MODELS = [
    f"arn:aws:bedrock:{region}::foundation-model/{profile.removeprefix('us.')}"
    for profile in (ANSWERS, JUDGES)
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
OTHER_MODEL = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0"
ASK = ("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:CreateModelInvocationJob")
OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")
BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")
QUESTIONS = f"{DOCUMENTS}/evaluations/kit-knowledge-answer-0123/questions.jsonl"
GUARDRAIL = arn("bedrock", "guardrail/abcdefghij")

KNOWLEDGE_EVALUATION = {
    "knowledge-base/EvaluationRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(QUESTIONS, *OBJECTS, context=OURS),
            *on(DOCUMENTS, *BUCKETS, context=OURS),
            *on(KNOWLEDGE_BASE, "bedrock:Retrieve"),
            *on("*", "bedrock:RetrieveAndGenerate", "bedrock:Rerank"),
            *(request for model in (*PROFILES, *MODELS) for request in on(model, *ASK)),
            *(request for profile in PROFILES for request in on(profile, "bedrock:GetInferenceProfile")),
            *on("arn:aws:bedrock:us-east-1::foundation-model/cohere.rerank-v3-5:0", "bedrock:InvokeModel"),
            *on(GUARDRAIL, "bedrock:ApplyGuardrail", context=OURS_BY_TAG),
        ],
        denied=[
            *on(QUESTIONS, *OBJECTS, context=THEIRS),
            *on(QUESTIONS, "s3:DeleteObject", context=OURS),
            *on(f"{DOCUMENTS}/documents/guide.md", *OBJECTS, context=OURS),
            *on(f"{HANDBOOKS}/evaluations/job/questions.jsonl", *OBJECTS, context=OURS),
            *on(DOCUMENTS, *BUCKETS, context=THEIRS),
            *on(HANDBOOKS, *BUCKETS, context=OURS),
            *on(HANDBOOKS_BASE, "bedrock:Retrieve"),
            *on(OTHER_MODEL, *ASK),
            *on(arn("bedrock", f"inference-profile/{JUDGES}", account=OTHER_ACCOUNT), *ASK),
            *on(MODELS[0], "bedrock:GetFoundationModel"),
            *on(GUARDRAIL, "bedrock:ApplyGuardrail", context=THEIRS_BY_TAG),
            *on(GUARDRAIL, "bedrock:ApplyGuardrail", context=UNTAGGED),
        ],
    ),
}
