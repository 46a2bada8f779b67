"""Requests of the roles of the workflow in the training stack."""

from tests.iam import cases_imported_models as imports
from tests.iam.cases import OURS, THEIRS, UNTAGGED, Cases, arn, on, refused_to_create
from tests.iam.cases_external_models import CHECK_ALLOWED, CHECK_DENIED, MACHINE_ALLOWED, MACHINE_DENIED
from tests.iam.training_stack import (
    BASE,
    BUCKET,
    DEPLOYMENT,
    EXECUTION,
    HELD_BACK,
    JOB,
    MACHINE,
    MODEL,
    OTHER_BASE,
    OTHER_BUCKET,
    OTHER_EXECUTION,
    PICTURES_BASE,
    PLAIN_BASE,
    PROMOTED,
    SERVING,
    SERVING_TARGETS,
    STARTER,
    STEPS,
    THROUGHPUT,
    TRAINED,
    prefix,
)
from tests.synthesized import ACCOUNT

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
TRAINING = {
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
            *on(BUCKET, "s3:ListBucket", context=prefix("output/support/")),
        ],
        denied=[
            *on(f"{BUCKET}/data/support/records.jsonl", "s3:GetObject"),
            *on(f"{BUCKET}/output/support/step_wise_training_metrics.csv", "s3:PutObject"),
            *on(BUCKET, "s3:ListBucket", context=prefix("data/support/")),
            *on(OTHER_BUCKET, "s3:ListBucket", context=prefix("output/support/")),
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
            *on(BUCKET, "s3:ListBucket", context=prefix("runs/support/0123/evaluation.json")),
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
            *on(BUCKET, "s3:ListBucket", context=prefix("data/support/")),
            *on(OTHER_BUCKET, "s3:ListBucket", context=prefix("runs/support/")),
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
