"""Requests that imports of open models add to the roles of the training stack and of the API, and their own roles."""

from kit_contract.tags import ALIAS_TAG
from tests.iam.cases import OTHER_ACCOUNT, OURS, THEIRS, UNTAGGED, Cases, arn, creating, on, refused_to_create
from tests.iam.simulator import Request
from tests.synthesized import ACCOUNT

MADE = creating("iam", ALIAS_TAG)
MODEL = arn("bedrock", "imported-model/openopenopen")
JOB = arn("bedrock", "model-import-job/openopenopen")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/iam-training-OpenRole"
FILES, OTHER_FILES = "arn:aws:s3:::open-models", "arn:aws:s3:::somebody-elses-bucket"
BUCKET = "arn:aws:s3:::iam-training-trainingdatabucket"
OWN_ACCOUNT, THEIR_ACCOUNT = {"aws:ResourceAccount": ACCOUNT}, {"aws:ResourceAccount": OTHER_ACCOUNT}
TO_BEDROCK, TO_LAMBDA = ({"iam:PassedToService": f"{name}.amazonaws.com"} for name in ("bedrock", "lambda"))
FOLDER = {"s3:prefix": "llama/"}


def _not_ours(*actions: str) -> list[Request]:
    return [request for whose in (THEIRS, UNTAGGED) for request in on(MODEL, *actions, context=whose)]


MACHINE_ALLOWED: list[Request] = [
    *on("*", "bedrock:CreateModelImportJob", context=MADE),
    *on(MODEL, "bedrock:TagResource", context=MADE),
    *on(JOB, "bedrock:TagResource", context=MADE),
    *on(JOB, "bedrock:GetModelImportJob", context=OURS),
    *on(JOB, "bedrock:GetModelImportJob", context=UNTAGGED),  # created a moment ago
    *on(ROLE, "iam:PassRole", context=TO_BEDROCK),
]
MACHINE_DENIED: list[Request] = [
    *refused_to_create("*", "bedrock:CreateModelImportJob"),
    *on(JOB, "bedrock:GetModelImportJob", context=THEIRS),
    *refused_to_create(MODEL, "bedrock:TagResource"),
    *on(MODEL, "bedrock:TagResource", context={**MADE, **THEIRS}),
    *on(MODEL, "bedrock:DeleteImportedModel", "bedrock:InvokeModel", context=OURS),
    *on(ROLE, "iam:PassRole", context=TO_LAMBDA),
]
CHECK_ALLOWED: list[Request] = [
    *on("*", "bedrock:ListImportedModels", "bedrock:ListModelImportJobs"),
    *on(MODEL, "bedrock:ListTagsForResource"),
    *on(JOB, "bedrock:ListTagsForResource"),
]
CHECK_DENIED: list[Request] = on(MODEL, "bedrock:DeleteImportedModel", "bedrock:InvokeModel", context=OURS)
STARTER_ALLOWED: list[Request] = [
    *on("*", "bedrock:ListImportedModels"),
    *on(MODEL, "bedrock:ListTagsForResource"),
    *on(MODEL, "bedrock:GetImportedModel", context=OURS),
    *on(MODEL, "bedrock:GetImportedModel", context=UNTAGGED),  # absent
]
LOOK_DENIED: list[Request] = [
    *on(MODEL, "bedrock:GetImportedModel", context=THEIRS),
    *on(MODEL, "bedrock:DeleteImportedModel", context=OURS),
]
PROMOTION_ALLOWED: list[Request] = [
    *on(MODEL, "bedrock:GetImportedModel", context=OURS),
    *on(MODEL, "bedrock:GetImportedModel", context=UNTAGGED),
]
ASK_ALLOWED: list[Request] = [*PROMOTION_ALLOWED, *on(MODEL, "bedrock:InvokeModel", context=OURS)]
ASK_DENIED: list[Request] = [
    *on(MODEL, "bedrock:GetImportedModel", context=THEIRS),
    *_not_ours("bedrock:InvokeModel"),
]
OLD_MODELS_ALLOWED: list[Request] = [
    *on(MODEL, "bedrock:DeleteImportedModel", context=OURS),
    *on(MODEL, "bedrock:ListTagsForResource", context=THEIRS),
]
OLD_MODELS_DENIED: list[Request] = _not_ours("bedrock:DeleteImportedModel")
# https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
API_ALLOWED: list[Request] = on(
    MODEL,
    *("bedrock:InvokeModel", "bedrock:InvokeModelWithResponseStream", "bedrock:GetImportedModel"),
    context=OURS,
)
API_DENIED: list[Request] = _not_ours("bedrock:InvokeModel", "bedrock:GetImportedModel")

IMPORTED_MODELS = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-import-iam-role.html
    "training/OpenRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(f"{FILES}/llama/model.safetensors", "s3:GetObject", context=OWN_ACCOUNT),
            *on(FILES, "s3:ListBucket", context=OWN_ACCOUNT),  # Bedrock may list without a prefix
        ],
        denied=[
            *on(f"{FILES}/llama/model.safetensors", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{FILES}/llama/model.safetensors", "s3:PutObject", "s3:DeleteObject", context=OWN_ACCOUNT),
            *on(f"{FILES}/other/model.safetensors", "s3:GetObject", context=OWN_ACCOUNT),
            *on(FILES, "s3:ListBucket", context=THEIR_ACCOUNT),
            *on(OTHER_FILES, "s3:ListBucket", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
        ],
    ),
    "training/ModelSourcesFunctionRole": Cases(
        logs="iam-training-ModelSourcesFunctionLogs",
        allowed=[
            *on(f"{FILES}/llama/config.json", "s3:GetObject", context=OWN_ACCOUNT),
            *on(FILES, "s3:ListBucket", context={**OWN_ACCOUNT, **FOLDER}),
            *on(f"{BUCKET}/data/open/0f.jsonl", "s3:GetObject", "s3:PutObject"),
            *on(BUCKET, "s3:ListBucket"),
        ],
        denied=[
            *on(f"{FILES}/llama/model.safetensors", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{FILES}/llama/config.json", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{FILES}/llama/config.json", "s3:PutObject", context=OWN_ACCOUNT),
            *on(FILES, "s3:ListBucket", context={**THEIR_ACCOUNT, **FOLDER}),
            *on(FILES, "s3:ListBucket", context={**OWN_ACCOUNT, "s3:prefix": "other/"}),
            *on(OTHER_FILES, "s3:ListBucket", context={**OWN_ACCOUNT, **FOLDER}),
            *on(f"{BUCKET}/data/open/0f.jsonl", "s3:DeleteObject"),
            *on(f"{BUCKET}/runs/open/0123/check.json", "s3:GetObject", "s3:PutObject"),
        ],
    ),
}
