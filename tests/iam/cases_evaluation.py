"""Requests of the function that evaluates a model before its promotion."""

from tests.iam import cases_imported_models as imports
from tests.iam.cases import OURS, THEIRS, UNTAGGED, Cases, arn, on, refused_to_create
from tests.iam.cases_evaluation_jobs import STARTS, STARTS_NOT
from tests.iam.training_stack import BUCKET, CANDIDATE, CLAIM, DEPLOYMENT, MODEL, OTHER_BUCKET, SERVING

RUN = f"{BUCKET}/runs/support/0123"
TOPIC = arn("sns", "iam-training-Approvalsaf3c8254")
PROFILES = [arn("bedrock", f"inference-profile/us.amazon.nova-{model}-v1:0") for model in ("2-lite", "lite")]
# The profiles route to these: as judge, and as the model that serves the alias before the first promotion.
MODELS = [
    f"arn:aws:bedrock:{region}::foundation-model/amazon.nova-{model}-v1:0"
    for model in ("2-lite", "lite")
    for region in ("us-east-1", "us-east-2", "us-west-2")
]
SPECIFICATION = arn("ssm", "parameter/bedrock-kit/iam/customizations/support")
RUNS_ONLY = {"s3:prefix": "runs/support/0123/evaluation/"}

EVALUATION = {
    "training/EvaluationRole": Cases(
        logs="iam-training-EvaluationLogs",
        allowed=[
            *on(f"{BUCKET}/data/support/evaluation/0123.jsonl", "s3:GetObject"),
            *on(f"{RUN}/evaluation/4567/00000.json", "s3:GetObject", "s3:PutObject"),
            *on(f"{RUN}/evaluation.json", "s3:GetObject", "s3:PutObject"),
            *on(f"{RUN}/approval.json", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            *on(BUCKET, "s3:ListBucket", context=RUNS_ONLY),
            *on(SPECIFICATION, "ssm:GetParameter"),
            *on(f"{SPECIFICATION}/promoted", "ssm:GetParameter"),
            *on(SERVING, "ssm:GetParameter"),
            *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**CANDIDATE, **OURS}),
            *on(DEPLOYMENT, "bedrock:TagResource", context=CANDIDATE),
            *on(DEPLOYMENT, "bedrock:TagResource", context={**CLAIM, **OURS}),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:UpdateCustomModelDeployment", context=OURS),
            *on(MODEL, "bedrock:UpdateCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:DeleteCustomModelDeployment", context=OURS),
            *on(DEPLOYMENT, "bedrock:ListTagsForResource", context=THEIRS),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
            *on(DEPLOYMENT, "bedrock:InvokeModel", context=OURS),
            *on(MODEL, "bedrock:GetCustomModel", context=OURS),
            *(request for model in (*PROFILES, *MODELS) for request in on(model, "bedrock:InvokeModel")),
            *(request for profile in PROFILES for request in on(profile, "bedrock:GetInferenceProfile")),
            *on(TOPIC, "sns:Publish"),
            *STARTS,
            *imports.ASK_ALLOWED,
        ],
        denied=[
            *on(f"{BUCKET}/data/support/evaluation/0123.jsonl", "s3:PutObject", "s3:DeleteObject"),
            *on(f"{RUN}/evaluation.json", "s3:DeleteObject"),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(f"{OTHER_BUCKET}/data/support/held-out.jsonl", "s3:GetObject"),
            *on(BUCKET, "s3:ListBucket", context={"s3:prefix": "data/support/"}),
            *on(OTHER_BUCKET, "s3:ListBucket", context=RUNS_ONLY),
            *on(SERVING, "ssm:PutParameter"),
            *on(arn("ssm", "parameter/bedrock-kit/other/aliases/support-bot/serving"), "ssm:GetParameter"),
            *on(arn("ssm", "parameter/bedrock-kit/other/customizations/support"), "ssm:GetParameter"),
            *refused_to_create(MODEL, "bedrock:CreateCustomModelDeployment", context=OURS),
            *refused_to_create(DEPLOYMENT, "bedrock:TagResource"),
            *on(DEPLOYMENT, "bedrock:TagResource", context={**CANDIDATE, **THEIRS}),
            *(
                request
                for whose in (THEIRS, UNTAGGED)
                for request in (
                    *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**CANDIDATE, **whose}),
                    *on(MODEL, "bedrock:GetCustomModel", "bedrock:UpdateCustomModelDeployment", context=whose),
                    *on(
                        DEPLOYMENT,
                        *("bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModelDeployment"),
                        "bedrock:InvokeModel",
                        context=whose,
                    ),
                )
            ),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=THEIRS),
            *on(MODEL, "bedrock:DeleteCustomModel", context=OURS),
            *on("arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0", "bedrock:InvokeModel"),
            *on(arn("bedrock", "inference-profile/us.amazon.nova-pro-v1:0"), "bedrock:GetInferenceProfile"),
            *on(arn("sns", "other"), "sns:Publish"),
            *STARTS_NOT,
            *imports.ASK_DENIED,
            *imports.LOOK_DENIED,
        ],
    ),
}
