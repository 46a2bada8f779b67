"""Requests of the role of the function that answers files and fine-tuning jobs."""

from tests.iam.cases import OURS, Cases, arn, on
from tests.iam.training_stack import BUCKET, EXECUTION, JOB, MODEL, OTHER_BUCKET, OTHER_EXECUTION, STARTER

FILE, JOB_OF_API = f"{BUCKET}/files/file-0/train.jsonl", f"{BUCKET}/jobs/ftjob-support-0123456789abcdef.json"
RUN = f"{BUCKET}/runs/support/0123456789abcdef/metrics.json"
DATA = [f"{BUCKET}/data/support/{folder}/0123.jsonl" for folder in ("jobs", "validation")]
SPECIFICATIONS = arn("ssm", "parameter/bedrock-kit/iam/customizations")

FINE_TUNING = {
    "inference-api/FineTuningApiFunctionRole": Cases(
        logs="iam-inference-api-FineTuningApiFunctionLogs",
        allowed=[
            *on(FILE, "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            *on(JOB_OF_API, "s3:GetObject", "s3:PutObject"),
            *(request for item in DATA for request in on(item, "s3:PutObject")),
            *on(RUN, "s3:GetObject"),
            *(
                request
                for prefix in ("files/", "jobs/", "runs/support/0123456789abcdef/metrics.json")
                for request in on(BUCKET, "s3:ListBucket", context={"s3:prefix": prefix})
            ),
            *on(STARTER, "lambda:InvokeFunction"),
            *on(EXECUTION, "states:DescribeExecution", "states:GetExecutionHistory"),
            *on(SPECIFICATIONS, "ssm:GetParametersByPath"),
        ],
        denied=[
            *on(FILE.replace(BUCKET, OTHER_BUCKET), "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            *on(JOB_OF_API, "s3:DeleteObject"),
            *on(JOB_OF_API.replace(BUCKET, OTHER_BUCKET), "s3:GetObject", "s3:PutObject"),
            *on(f"{BUCKET}/data/support/0123.jsonl", "s3:GetObject", "s3:PutObject", "s3:DeleteObject"),
            *(request for item in DATA for request in on(item, "s3:GetObject", "s3:DeleteObject")),
            *(request for item in DATA for request in on(item.replace(BUCKET, OTHER_BUCKET), "s3:PutObject")),
            *on(RUN, "s3:PutObject", "s3:DeleteObject"),
            *on(RUN.replace(BUCKET, OTHER_BUCKET), "s3:GetObject"),
            *on(f"{BUCKET}/output/support/metrics.csv", "s3:GetObject"),
            *on(BUCKET, "s3:ListBucket", context={"s3:prefix": "data/"}),
            *on(OTHER_BUCKET, "s3:ListBucket", context={"s3:prefix": "files/"}),
            *on(arn("lambda", "function:somebody-elses"), "lambda:InvokeFunction"),
            *on(EXECUTION, "states:StopExecution"),
            *on(OTHER_EXECUTION, "states:DescribeExecution", "states:GetExecutionHistory"),
            *on(arn("states", "stateMachine:iam-training-WorkflowStateMachine"), "states:StartExecution"),
            *on(SPECIFICATIONS.replace("/iam/", "/other/"), "ssm:GetParametersByPath"),
            *on(f"{SPECIFICATIONS}/support", "ssm:PutParameter"),
            *on(JOB, "bedrock:StopModelCustomizationJob", context=OURS),
            *on(MODEL, "bedrock:InvokeModel", context=OURS),
        ],
    ),
}
