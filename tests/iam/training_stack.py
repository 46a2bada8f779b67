"""ARNs of the training stack, beside those of others, and the contexts of requests to them."""

from kit_contract.tags import ALIAS_TAG, EXECUTION_TAG
from tests.iam.cases import OTHER_ACCOUNT, arn, creating
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


def prefix(value: str, of: dict[str, str] | None = None) -> dict[str, str]:
    return {**(of or {}), "s3:prefix": value}
