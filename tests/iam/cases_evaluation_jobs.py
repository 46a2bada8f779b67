"""Requests of evaluation jobs: Bedrock's with the role of the jobs, and those of the function that starts them."""

from tests.iam.cases import OTHER_ACCOUNT, OURS, THEIRS, UNTAGGED, Cases, arn, on, refused_to_create
from tests.iam.training_stack import BUCKET, OTHER_BUCKET, OWN_ACCOUNT, THEIR_ACCOUNT, TRAINED
from tests.synthesized import ACCOUNT

JOB = arn("bedrock", "evaluation-job/0123456789ab")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/iam-training-EvaluationJobRole"
TO_BEDROCK, TO_LAMBDA = ({"iam:PassedToService": f"{service}.amazonaws.com"} for service in ("bedrock", "lambda"))
ANSWERS = f"{BUCKET}/runs/support/0123/evaluation/4567/judged/89ab/job/answers.jsonl"
PROFILE = arn("bedrock", "inference-profile/us.amazon.nova-pro-v1:0")
# The profile routes to these.
MODELS = [
    f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-pro-v1:0"
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
JUDGE = ("bedrock:InvokeModel", "bedrock:CreateModelInvocationJob")
OBJECTS = ("s3:GetObject", "s3:PutObject", "s3:AbortMultipartUpload")
BUCKETS = ("s3:ListBucket", "s3:GetBucketLocation", "s3:ListBucketMultipartUploads")

# Of the function, in addition to cases_evaluation.py.
STARTS = [
    *on(MODELS[0], "bedrock:CreateEvaluationJob", context=TRAINED),
    *on("*", "bedrock:ListEvaluationJobs"),
    *on(JOB, "bedrock:TagResource", context=TRAINED),
    *on(JOB, "bedrock:GetEvaluationJob", context=OURS),
    *on(JOB, "bedrock:GetEvaluationJob", context=UNTAGGED),
    *on(JOB, "bedrock:StopEvaluationJob", context=OURS),
    *on(ROLE, "iam:PassRole", context=TO_BEDROCK),
]
STARTS_NOT = [
    *refused_to_create(MODELS[0], "bedrock:CreateEvaluationJob"),
    *refused_to_create(JOB, "bedrock:TagResource"),
    *on(JOB, "bedrock:TagResource", context={**TRAINED, **THEIRS}),
    *on(JOB, "bedrock:GetEvaluationJob", "bedrock:StopEvaluationJob", context=THEIRS),
    *on(JOB, "bedrock:StopEvaluationJob", context=UNTAGGED),
    *on(JOB, "bedrock:BatchDeleteEvaluationJob", context=OURS),
    *on(ROLE, "iam:PassRole", context=TO_LAMBDA),
    *on(f"arn:aws:iam::{ACCOUNT}:role/iam-training-SupportRole", "iam:PassRole", context=TO_BEDROCK),
    *on(MODELS[0], "bedrock:InvokeModel"),
]

EVALUATION_JOBS = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/judge-service-roles.html
    "training/EvaluationJobRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(ANSWERS, *OBJECTS, context=OWN_ACCOUNT),
            *on(BUCKET, *BUCKETS, context=OWN_ACCOUNT),
            *(request for model in (PROFILE, *MODELS) for request in on(model, *JUDGE)),
            *on(PROFILE, "bedrock:GetInferenceProfile"),
        ],
        denied=[
            *on(ANSWERS, *OBJECTS, context=THEIR_ACCOUNT),
            *on(ANSWERS, "s3:DeleteObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/runs/support/0123/evaluation.json", *OBJECTS, context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/support/records.jsonl", *OBJECTS, context=OWN_ACCOUNT),
            *on(f"{OTHER_BUCKET}/runs/support/0123/evaluation/1", *OBJECTS, context=OWN_ACCOUNT),
            *on(BUCKET, *BUCKETS, context=THEIR_ACCOUNT),
            *on(OTHER_BUCKET, *BUCKETS, context=OWN_ACCOUNT),
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0", *JUDGE),
            *on(arn("bedrock", "inference-profile/us.amazon.nova-pro-v1:0", account=OTHER_ACCOUNT), *JUDGE),
            *on(MODELS[0], "bedrock:InvokeModelWithResponseStream"),
        ],
    ),
}
