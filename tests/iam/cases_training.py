"""Requests of the roles in the training stack, including the service role of the customization job."""

from kit_contract.tags import ALIAS_TAG, EXECUTION_TAG
from tests.iam import cases_imported_models as imports
from tests.iam.cases import OTHER_ACCOUNT, OURS, THEIRS, UNTAGGED, Cases, arn, creating, on, refused_to_create
from tests.iam.cases_external_models import CHECK_ALLOWED, CHECK_DENIED, MACHINE_ALLOWED, MACHINE_DENIED
from tests.synthesized import ACCOUNT

BUCKET = "arn:aws:s3:::iam-training-trainingdatabucket"
THEIR_DATA = "arn:aws:s3:::their-data"
THEIR_KEY = arn("kms", "key/11111111-2222-3333-4444-555555555555", region="eu-west-1", account=OTHER_ACCOUNT)
OTHER_BUCKET = "arn:aws:s3:::somebody-elses-bucket"
MODEL = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc")
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
# AWS does not document whether IAM evaluates a customization's model with its context suffix or without it.
PLAIN_BASE = BASE.removesuffix(":128k")
PICTURES_BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-lite-v1:0:300k"
OTHER_BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:300k"
JOB = arn("bedrock", "model-customization-job/amazon.nova-micro-v1:0:128k/jobjobjobjob")
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaabbbbcccc")
THROUGHPUT = arn("bedrock", "provisioned-model/aaaabbbbcccc")
PROMOTED = arn("ssm", "parameter/bedrock-kit/iam/customizations/support/promoted")
SERVING = arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving")
HELD_BACK = arn("ssm", "parameter/bedrock-kit/iam/held-back/0123456789abcdef")
MACHINE = "stateMachine:iam-training-WorkflowStateMachine"
EXECUTION = arn("states", "execution:iam-training-WorkflowStateMachine:support-0123456789abcdef")
OTHER_EXECUTION = arn("states", "execution:somebody-elses:support-0123456789abcdef")
STEPS = [
    arn("lambda", f"function:iam-training-{name}")
    for name in ("WorkflowCheckData", "WorkflowMetrics", "WorkflowPromotion", "WorkflowPromotionChecks", "Evaluation")
]
STARTER = arn("lambda", "function:iam-training-WorkflowStarterFunction")
OWN_ACCOUNT = {"aws:ResourceAccount": ACCOUNT}
THEIR_ACCOUNT = {"aws:ResourceAccount": OTHER_ACCOUNT}
TRAINED = creating("iam", ALIAS_TAG)
CANDIDATE = creating("iam", ALIAS_TAG, EXECUTION_TAG)
CLAIM = creating("iam", EXECUTION_TAG)  # of a candidate that another execution left
SERVING_TARGETS = (
    (DEPLOYMENT, "bedrock:GetCustomModelDeployment"),
    (THROUGHPUT, "bedrock:GetProvisionedModelThroughput"),
)
# https://docs.aws.amazon.com/step-functions/latest/dg/cw-logs.html
LOG_DELIVERY = (
    "logs:CreateLogDelivery",
    "logs:GetLogDelivery",
    "logs:UpdateLogDelivery",
    "logs:DeleteLogDelivery",
    "logs:ListLogDeliveries",
    "logs:PutResourcePolicy",
    "logs:DescribeResourcePolicies",
    "logs:DescribeLogGroups",
)
# https://docs.aws.amazon.com/step-functions/latest/dg/concepts-xray-tracing.html
TRACING = ("xray:PutTraceSegments", "xray:PutTelemetryRecords", "xray:GetSamplingRules", "xray:GetSamplingTargets")


def _prefix(value: str, of: dict[str, str] | None = None) -> dict[str, str]:
    return {**(of or {}), "s3:prefix": value}


TRAINING = {
    # https://docs.aws.amazon.com/bedrock/latest/userguide/model-customization-iam-role.html
    "training/SupportRole": Cases(
        service="bedrock.amazonaws.com",
        source=JOB,
        allowed=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=OWN_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/", OWN_ACCOUNT)),
            *on(BUCKET, "s3:ListBucket", context=OWN_ACCOUNT),  # Bedrock may list without a prefix
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:PutObject", "s3:DeleteObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/other/records.jsonl", "s3:GetObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/runs/support/check.json", "s3:GetObject", "s3:PutObject", context=OWN_ACCOUNT),
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=THEIR_ACCOUNT),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=THEIR_ACCOUNT),
            *on(OTHER_BUCKET, "s3:ListBucket", context=OWN_ACCOUNT),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/", THEIR_ACCOUNT)),
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
            *on(THEIR_DATA, "s3:ListBucket", context=_prefix("train/", THEIR_ACCOUNT)),
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
            *on(THEIR_DATA, "s3:ListBucket", context=_prefix("train", THEIR_ACCOUNT)),
            *on(THEIR_DATA, "s3:ListBucket", context=_prefix("train/", OWN_ACCOUNT)),
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
    "training/WorkflowCheckDataRole": Cases(
        logs="iam-training-WorkflowCheckDataLogs",
        allowed=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/check.json", "s3:PutObject"),
            *on(MODEL, "bedrock:GetCustomModel", context=OURS),
            *on(MODEL, "bedrock:ListTagsForResource", context=THEIRS),
            *on(f"{BUCKET}/runs/.claims/0123.json", "s3:GetObject", "s3:PutObject"),
            *on(JOB, "bedrock:ListTagsForResource"),
            *on("*", "bedrock:ListCustomModels", "bedrock:ListModelCustomizationJobs"),
            *CHECK_ALLOWED,
            *imports.CHECK_ALLOWED,
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:PutObject", "s3:DeleteObject"),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/check.json", "s3:GetObject"),
            *on(f"{OTHER_BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(MODEL, "bedrock:GetCustomModel", context=THEIRS),
            *CHECK_DENIED,
            *imports.CHECK_DENIED,
            *on(BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *on(PLAIN_BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
        ],
    ),
    "training/WorkflowMetricsRole": Cases(
        logs="iam-training-WorkflowMetricsLogs",
        allowed=[
            *on(f"{BUCKET}/output/support/step_wise_training_metrics.csv", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/metrics.json", "s3:PutObject"),
            *on(BUCKET, "s3:ListBucket", context=_prefix("output/support/")),
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(f"{BUCKET}/output/support/step_wise_training_metrics.csv", "s3:PutObject"),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/")),
            *on(OTHER_BUCKET, "s3:ListBucket", context=_prefix("output/support/")),
        ],
    ),
    "training/WorkflowStarterFunctionRole": Cases(
        logs="iam-training-WorkflowStarterFunctionLogs",
        allowed=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(EXECUTION, "states:DescribeExecution", "states:StopExecution"),
            *on(arn("states", MACHINE), "states:ListExecutions", "states:StartExecution"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/customizations/support"), "ssm:GetParameter"),
            *on(arn("ssm", "parameter/bedrock-kit/iam/customizations/support/promoted"), "ssm:DeleteParameters"),
            *on(JOB, "bedrock:StopModelCustomizationJob", context=OURS),
            *on(JOB, "bedrock:ListTagsForResource", context=THEIRS),
            *on("*", "bedrock:ListModelCustomizationJobs", "bedrock:ListCustomModels"),
            *on(MODEL, "bedrock:ListTagsForResource"),
            *imports.STARTER_ALLOWED,
            *(
                request
                for whose in (OURS, UNTAGGED)
                for target, action in SERVING_TARGETS
                for request in on(target, action, context=whose)
            ),
            *on(f"{BUCKET}/runs/support/0123/evaluation.json", "s3:GetObject"),
            *on(BUCKET, "s3:ListBucket", context=_prefix("runs/support/0123/evaluation.json")),
            *on(PROMOTED, "ssm:GetParameter", "ssm:PutParameter"),
            *on(SERVING, "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(HELD_BACK, "ssm:GetParameter", "ssm:GetParametersByPath", "ssm:DeleteParameters"),
            *on(f"{HELD_BACK}/support", "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(f"{BUCKET}/runs/.claims/turn.support.json", "s3:GetObject", "s3:PutObject"),
            # A customization that is being removed: the grants have changed by then.
            *on(arn("ssm", "parameter/bedrock-kit/iam/customizations/removed/promoted"), "ssm:DeleteParameters"),
            # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
            *on(arn("sqs", "iam-training-WorkflowStarterDeadLetters"), "sqs:SendMessage"),
        ],
        denied=[
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/approval.json", "s3:GetObject"),
            *on(f"{BUCKET}/runs/.claims/0123456789abcdef.json", "s3:PutObject"),
            *on(f"{BUCKET}/runs/support/0123/evaluation.json", "s3:PutObject"),
            *on(f"{OTHER_BUCKET}/runs/.claims/turn.support.json", "s3:GetObject", "s3:PutObject"),
            *on(SERVING, "ssm:GetParametersByPath"),
            *on(f"{OTHER_BUCKET}/runs/support/0123/evaluation.json", "s3:GetObject"),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/")),
            *on(OTHER_BUCKET, "s3:ListBucket", context=_prefix("runs/support/")),
            *on(OTHER_EXECUTION, "states:DescribeExecution", "states:StopExecution"),
            *(request for target, action in SERVING_TARGETS for request in on(target, action, context=THEIRS)),
            *(
                request
                for whose in (THEIRS, UNTAGGED)
                for request in on(JOB, "bedrock:StopModelCustomizationJob", context=whose)
            ),
            *on(MODEL, "bedrock:DeleteCustomModel", "bedrock:GetCustomModel", context=OURS),
            *imports.LOOK_DENIED,
            *on(DEPLOYMENT, "bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModelDeployment", context=OURS),
            *on(THROUGHPUT, "bedrock:UpdateProvisionedModelThroughput", context=OURS),
            *(
                request
                for name in ("aliases/support-bot/serving", "held-back/0123456789abcdef")
                for request in on(
                    arn("ssm", f"parameter/bedrock-kit/other/{name}"),
                    *("ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters", "ssm:GetParametersByPath"),
                )
            ),
            *on(arn("states", "stateMachine:somebody-elses"), "states:StartExecution"),
            *on(arn("ssm", "parameter/bedrock-kit/other/customizations/support"), "ssm:GetParameter"),
            *on(
                arn("ssm", "parameter/bedrock-kit/iam/customizations/support"),
                "ssm:PutParameter",
                "ssm:DeleteParameters",
            ),
            *on(arn("ssm", "parameter/bedrock-kit/other/customizations/support/promoted"), "ssm:PutParameter"),
            *on(arn("sqs", "iam-training-WorkflowStarterDeadLetters"), "sqs:ReceiveMessage"),
        ],
    ),
    # https://docs.aws.amazon.com/step-functions/latest/dg/connect-bedrock.html
    "training/WorkflowStateMachineRole": Cases(
        service="states.amazonaws.com",
        source=arn("states", MACHINE),
        allowed=[
            *(request for function in STEPS for request in on(function, "lambda:InvokeFunction")),
            *on("*", *LOG_DELIVERY, *TRACING),
            *on(BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *on(PLAIN_BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *on(PICTURES_BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *on(PICTURES_BASE.removesuffix(":300k"), "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *on(MODEL, "bedrock:CreateModelCustomizationJob", "bedrock:TagResource", context=TRAINED),
            *on(JOB, "bedrock:TagResource", context=TRAINED),
            *on(JOB, "bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob", context=OURS),
            *on(JOB, "bedrock:GetModelCustomizationJob", context=UNTAGGED),  # created a moment ago
            *(
                request
                for name in ("Support", "Pictures")
                for request in on(
                    f"arn:aws:iam::{ACCOUNT}:role/iam-training-{name}Role",
                    "iam:PassRole",
                    context={"iam:PassedToService": "bedrock.amazonaws.com"},
                )
            ),
            *MACHINE_ALLOWED,
            *imports.MACHINE_ALLOWED,
        ],
        denied=[
            *on(OTHER_BASE, "bedrock:CreateModelCustomizationJob", context=TRAINED),
            *refused_to_create(BASE, "bedrock:CreateModelCustomizationJob"),
            *refused_to_create(MODEL, "bedrock:TagResource"),
            *on(MODEL, "bedrock:CreateModelCustomizationJob", "bedrock:TagResource", context={**TRAINED, **THEIRS}),
            *on(JOB, "bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob", context=THEIRS),
            *on(JOB, "bedrock:StopModelCustomizationJob", context=UNTAGGED),
            *on(STARTER, "lambda:InvokeFunction"),
            *MACHINE_DENIED,
            *imports.MACHINE_DENIED,
            *on(MODEL, "bedrock:DeleteCustomModel"),
            *on(
                f"arn:aws:iam::{ACCOUNT}:role/iam-training-SupportRole",
                "iam:PassRole",
                context={"iam:PassedToService": "lambda.amazonaws.com"},
            ),
            *on(
                f"arn:aws:iam::{ACCOUNT}:role/admin",
                "iam:PassRole",
                context={"iam:PassedToService": "bedrock.amazonaws.com"},
            ),
        ],
    ),
}
