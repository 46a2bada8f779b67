"""Requests of the function that checks a model before and after its promotion."""

from tests.iam import cases_imported_models as imports
from tests.iam.cases import OURS, THEIRS, UNTAGGED, Cases, arn, on, refused_to_create
from tests.iam.training_stack import CANDIDATE, CLAIM, DEPLOYMENT, MODEL, PROMOTED, SERVING, TRAINED

SPECIFICATION = arn("ssm", "parameter/bedrock-kit/iam/customizations/support")
HELD_BACK = arn("ssm", "parameter/bedrock-kit/iam/held-back/0123456789abcdef/support")
OTHER = arn("ssm", "parameter/bedrock-kit/other")
OWN_PATH = arn("ssm", "parameter/bedrock-kit/iam")

PROMOTION_CHECKS = {
    "training/WorkflowPromotionChecksRole": Cases(
        logs="iam-training-WorkflowPromotionChecksLogs",
        allowed=[
            *on(SPECIFICATION, "ssm:GetParameter"),
            *on(PROMOTED, "ssm:GetParameter", "ssm:PutParameter", "ssm:GetParameterHistory"),
            *on(SERVING, "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(HELD_BACK, "ssm:PutParameter"),
            *on(OWN_PATH, "ssm:GetParametersByPath"),
            *on("*", "cloudwatch:GetMetricData", "bedrock:ListModelCustomizationJobs"),
            *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**CANDIDATE, **OURS}),
            *on(MODEL, "bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModel", context=OURS),
            *on(MODEL, "bedrock:ListTagsForResource", context=THEIRS),
            *on(DEPLOYMENT, "bedrock:TagResource", context=CANDIDATE),
            *on(DEPLOYMENT, "bedrock:TagResource", context={**CLAIM, **OURS}),
            *on(
                DEPLOYMENT,
                *("bedrock:GetCustomModelDeployment", "bedrock:UpdateCustomModelDeployment"),
                "bedrock:DeleteCustomModelDeployment",
                context=OURS,
            ),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=UNTAGGED),
            *on(DEPLOYMENT, "bedrock:ListTagsForResource", context=THEIRS),
            # https://docs.aws.amazon.com/bedrock/latest/userguide/inference-prereq.html
            *on(DEPLOYMENT, "bedrock:InvokeModel", context=OURS),
            *imports.ASK_ALLOWED,
            *imports.OLD_MODELS_ALLOWED,
            *on(MODEL, "bedrock:GetCustomModel", context=OURS),
        ],
        denied=[
            *on(SPECIFICATION, "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(PROMOTED, "ssm:DeleteParameters"),
            *on(HELD_BACK, "ssm:DeleteParameters"),
            *on(OTHER, "ssm:GetParametersByPath"),
            *on(f"{OTHER}/customizations/support/promoted", "ssm:GetParameterHistory", "ssm:PutParameter"),
            *on(f"{OTHER}/aliases/support-bot/serving", "ssm:GetParameter", "ssm:PutParameter", "ssm:DeleteParameters"),
            *on(f"{OTHER}/held-back/0123456789abcdef/support", "ssm:PutParameter"),
            *refused_to_create(MODEL, "bedrock:CreateCustomModelDeployment", context=OURS),
            *refused_to_create(DEPLOYMENT, "bedrock:TagResource"),
            *on(DEPLOYMENT, "bedrock:TagResource", context={**CANDIDATE, **THEIRS}),
            *on(DEPLOYMENT, "bedrock:GetCustomModelDeployment", context=THEIRS),
            *(
                request
                for whose in (THEIRS, UNTAGGED)
                for request in (
                    *on(MODEL, "bedrock:CreateCustomModelDeployment", context={**CANDIDATE, **whose}),
                    *on(
                        MODEL,
                        *("bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModel", "bedrock:GetCustomModel"),
                        context=whose,
                    ),
                    *on(
                        DEPLOYMENT,
                        *("bedrock:UpdateCustomModelDeployment", "bedrock:DeleteCustomModelDeployment"),
                        "bedrock:InvokeModel",
                        context=whose,
                    ),
                )
            ),
            *on(MODEL, "bedrock:CreateModelCustomizationJob", context={**TRAINED, **OURS}),
            *imports.ASK_DENIED,
            *imports.OLD_MODELS_DENIED,
        ],
    ),
}
