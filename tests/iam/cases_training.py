"""Requests of the roles in the training stack, including the service role of the customization job."""

from tests.iam.cases import OTHER_ACCOUNT, Cases, arn, on
from tests.synthesized import ACCOUNT

BUCKET = "arn:aws:s3:::iam-training-trainingdatabucket"
OTHER_BUCKET = "arn:aws:s3:::somebody-elses-bucket"
MODEL = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/aaaabbbbcccc")
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
# AWS does not document whether IAM evaluates a customization's model with its context suffix or without it.
PLAIN_BASE = BASE.removesuffix(":128k")
OTHER_BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-pro-v1:0:300k"
JOB = arn("bedrock", "model-customization-job/amazon.nova-micro-v1:0:128k/jobjobjobjob")
DEPLOYMENT = arn("bedrock", "custom-model-deployment/aaaabbbbcccc")
THROUGHPUT = arn("bedrock", "provisioned-model/aaaabbbbcccc")
PROMOTED = arn("ssm", "parameter/bedrock-kit/iam/customizations/support/promoted")
SERVING = arn("ssm", "parameter/bedrock-kit/iam/aliases/support-bot/serving")
MACHINE = "stateMachine:iam-training-WorkflowStateMachine"
EXECUTION = arn("states", "execution:iam-training-WorkflowStateMachine:support-0123456789abcdef")
OTHER_EXECUTION = arn("states", "execution:somebody-elses:support-0123456789abcdef")
STEPS = [arn("lambda", f"function:iam-training-Workflow{name}") for name in ("CheckData", "Metrics", "Promotion")]
STARTER = arn("lambda", "function:iam-training-WorkflowStarterFunction")
OURS = {"aws:ResourceAccount": ACCOUNT}
THEIRS = {"aws:ResourceAccount": OTHER_ACCOUNT}
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
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=OURS),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=OURS),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/", OURS)),
            *on(BUCKET, "s3:ListBucket", context=OURS),  # Bedrock may list without a prefix
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:PutObject", "s3:DeleteObject", context=OURS),
            *on(f"{BUCKET}/data/other/records.jsonl", "s3:GetObject", context=OURS),
            *on(f"{BUCKET}/runs/support/check.json", "s3:GetObject", "s3:PutObject", context=OURS),
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject", context=THEIRS),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject", "s3:PutObject", context=THEIRS),
            *on(OTHER_BUCKET, "s3:ListBucket", context=OURS),
            *on(BUCKET, "s3:ListBucket", context=_prefix("data/support/", THEIRS)),
            *on(MODEL, "bedrock:GetCustomModel"),
        ],
    ),
    "training/WorkflowCheckDataRole": Cases(
        logs="iam-training-WorkflowCheckDataLogs",
        allowed=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/check.json", "s3:PutObject"),
            *on(MODEL, "bedrock:GetCustomModel", "bedrock:ListTagsForResource"),
            *on(f"{BUCKET}/runs/.claims/0123.json", "s3:GetObject", "s3:PutObject"),
            *on(JOB, "bedrock:ListTagsForResource"),
            *on("*", "bedrock:ListCustomModels", "bedrock:ListModelCustomizationJobs"),
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:PutObject", "s3:DeleteObject"),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(f"{BUCKET}/runs/support/0123/check.json", "s3:GetObject"),
            *on(f"{OTHER_BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(MODEL, "bedrock:DeleteCustomModel"),
            *on(BASE, "bedrock:CreateModelCustomizationJob"),
            *on(PLAIN_BASE, "bedrock:CreateModelCustomizationJob"),
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
            *on(JOB, "bedrock:ListTagsForResource", "bedrock:StopModelCustomizationJob"),
            *on("*", "bedrock:ListModelCustomizationJobs", "bedrock:ListCustomModels"),
            *on(MODEL, "bedrock:ListTagsForResource"),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment"),
            *on(THROUGHPUT, "bedrock:GetProvisionedModelThroughput"),
            *on(PROMOTED, "ssm:GetParameter"),
            *on(SERVING, "ssm:GetParameter"),
            # A customization that is being removed: the grants have changed by then.
            *on(arn("ssm", "parameter/bedrock-kit/iam/customizations/removed/promoted"), "ssm:DeleteParameters"),
            # https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html
            *on(arn("sqs", "iam-training-WorkflowStarterDeadLetters"), "sqs:SendMessage"),
        ],
        denied=[
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(OTHER_EXECUTION, "states:DescribeExecution", "states:StopExecution"),
            *on(MODEL, "bedrock:DeleteCustomModel", "bedrock:GetCustomModel"),
            *on(DEPLOYMENT, "bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModelDeployment"),
            *on(THROUGHPUT, "bedrock:UpdateProvisionedModelThroughput"),
            *on(SERVING, "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(arn("ssm", "parameter/bedrock-kit/other/aliases/support-bot/serving"), "ssm:GetParameter"),
            *on(arn("states", "stateMachine:somebody-elses"), "states:StartExecution"),
            *on(arn("ssm", "parameter/bedrock-kit/other/customizations/support"), "ssm:GetParameter"),
            *on(
                arn("ssm", "parameter/bedrock-kit/iam/customizations/support"),
                "ssm:PutParameter",
                "ssm:DeleteParameters",
            ),
            *on(arn("ssm", "parameter/bedrock-kit/iam/customizations/support/promoted"), "ssm:PutParameter"),
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
            *on(BASE, "bedrock:CreateModelCustomizationJob"),
            *on(PLAIN_BASE, "bedrock:CreateModelCustomizationJob"),
            *on(MODEL, "bedrock:CreateModelCustomizationJob", "bedrock:TagResource"),
            *on(JOB, "bedrock:TagResource", "bedrock:GetModelCustomizationJob", "bedrock:StopModelCustomizationJob"),
            *on(
                f"arn:aws:iam::{ACCOUNT}:role/iam-training-SupportRole",
                "iam:PassRole",
                context={"iam:PassedToService": "bedrock.amazonaws.com"},
            ),
        ],
        denied=[
            *on(OTHER_BASE, "bedrock:CreateModelCustomizationJob"),
            *on(STARTER, "lambda:InvokeFunction"),
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
