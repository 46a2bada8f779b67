"""Requests of the roles that read training data: the service roles of the jobs, and the collector of datasets."""

from tests.iam.cases import Cases, on
from tests.iam.training_stack import (
    BUCKET,
    JOB,
    MODEL,
    OTHER_BUCKET,
    OWN_ACCOUNT,
    THEIR_ACCOUNT,
    THEIR_DATA,
    THEIR_KEY,
    prefix,
)

TRAINING_DATA = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html
    "training/SupportRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=OWN_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=prefix("data/support/", OWN_ACCOUNT)),
            *on(BUCKET, "s3:ListBucket", context=OWN_ACCOUNT),  # Bedrock may list without a prefix
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:PutObject", "s3:DeleteObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/other/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/runs/support/check.json", "s3:GetObject", "s3:PutObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=THEIR_ACCOUNT),
            *on(OTHER_BUCKET, "s3:ListBucket", context=OWN_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=prefix("data/support/", THEIR_ACCOUNT)),
            *on(MODEL, "bedrock:GetCustomModel"),
        ],
    ),
    "training/PicturesRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(f"{BUCKET}/data/pictures/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/media/pictures/0f.png", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/output/pictures/metrics.csv", "s3:GetObject", "s3:PutObject", context=OWN_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=OWN_ACCOUNT),
        ],
        denied=[
            *on(f"{BUCKET}/media/pictures/0f.png", "s3:PutObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/media/pictures/0f.png", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{BUCKET}/output/pictures/metrics.csv", "s3:GetObject", "s3:PutObject", context=THEIR_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=THEIR_ACCOUNT),
            *on(f"{BUCKET}/media/other/0f.png", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/sources/pictures/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
        ],
    ),
    "training/DatasetCollectorFunctionRole": Cases(
        logs="iam-training-DatasetCollectorFunctionLogs",
        allowed=[
            *on(f"{THEIR_DATA}/train/a/1.jsonl", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{THEIR_DATA}/more.jsonl", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{THEIR_DATA}/images/1.png", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(THEIR_DATA, "s3:ListBucket", context=prefix("train/", THEIR_ACCOUNT)),
            *on(THEIR_KEY, "kms:Decrypt", context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}),
            *on(f"{BUCKET}/data/pictures/0f.jsonl", "s3:GetObject", "s3:PutObject"),
            *on(f"{BUCKET}/media/pictures/0f.png", "s3:GetObject", "s3:PutObject"),
            *on(f"{BUCKET}/sources/pictures/0f.jsonl", "s3:GetObject"),
            *on(f"{BUCKET}/runs/pictures/collection/faults.txt", "s3:PutObject"),
            *on(BUCKET, "s3:ListBucket"),
        ],
        denied=[
            *on(f"{THEIR_DATA}/train/a/1.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{THEIR_DATA}/train/a/1.jsonl", "s3:PutObject", "s3:DeleteObject", context=THEIR_ACCOUNT),
            *on(f"{THEIR_DATA}/training-of-others/1.jsonl", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{THEIR_DATA}/more.jsonl.bak", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(THEIR_DATA, "s3:ListBucket", context=THEIR_ACCOUNT),
            *on(THEIR_DATA, "s3:ListBucket", context=prefix("train", THEIR_ACCOUNT)),
            *on(THEIR_DATA, "s3:ListBucket", context=prefix("train/", OWN_ACCOUNT)),
            *on(THEIR_KEY, "kms:Decrypt", context={"kms:ViaService": "sqs.eu-west-1.amazonaws.com"}),
            *on(THEIR_KEY, "kms:Encrypt", context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}),
            *on(f"{THEIR_KEY}0", "kms:Decrypt", context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"}),
            *on(f"{BUCKET}/data/pictures/0f.jsonl", "s3:DeleteObject"),
            *on(f"{BUCKET}/sources/pictures/0f.jsonl", "s3:PutObject"),
            *on(f"{BUCKET}/runs/pictures/0123/check.json", "s3:GetObject"),
            *on(f"{BUCKET}/output/pictures/metrics.csv", "s3:GetObject"),
            *on(OTHER_BUCKET, "s3:ListBucket"),
        ],
    ),
}
