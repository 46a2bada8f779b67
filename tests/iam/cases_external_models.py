"""Requests that external models add to the roles of the training stack."""

from kit_contract.tags import ALIAS_TAG
from tests.iam.cases import OTHER_ACCOUNT, OURS, THEIRS, UNTAGGED, arn, creating, on, refused_to_create
from tests.iam.simulator import Request

MADE = creating("iam", ALIAS_TAG)
SOURCE = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/sourcesource", account=OTHER_ACCOUNT)
OTHER_SOURCE = SOURCE.replace("sourcesource", "someoneelses")
COPY_JOB = arn("bedrock", "model-copy-job/copycopycopy")
COPY = arn("bedrock", "custom-model/amazon.nova-micro-v1:0:128k/copycopycopy")
REGISTERED = arn("bedrock", "custom-model/imported/odiodiodiodi")
SOURCE_KEY = arn("kms", "key/33333333-2222-3333-4444-555555555555", account=OTHER_ACCOUNT)
THROUGH_BEDROCK, THROUGH_S3 = ({"kms:ViaService": f"{name}.us-west-2.amazonaws.com"} for name in ("bedrock", "s3"))
PACKAGE = arn("sagemaker", "model-package/odi/1")
PACKAGE_RIGHTS = ("sagemaker:DescribeModelPackage", "sagemaker:AccessModelPackageData")

# https://docs.aws.amazon.com/bedrock/latest/userguide/copy-model-prereq.html
# https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ModelPackageArnDataSource.html
MACHINE_ALLOWED: list[Request] = [
    *on(SOURCE, "bedrock:CreateModelCopyJob", context={**MADE, **THEIRS}),
    *on(COPY_JOB, "bedrock:GetModelCopyJob"),
    *on(SOURCE_KEY, "kms:Decrypt", context=THROUGH_BEDROCK),
    *on(COPY, "bedrock:TagResource", context=MADE),
    *on("*", "bedrock:CreateCustomModel", context=MADE),
    *on(REGISTERED, "bedrock:TagResource", context=MADE),
    *on(REGISTERED, "bedrock:GetCustomModel", context=OURS),
    *on(REGISTERED, "bedrock:GetCustomModel", context=UNTAGGED),  # created a moment ago
    *on(PACKAGE, *PACKAGE_RIGHTS),
]
MACHINE_DENIED: list[Request] = [
    *on(OTHER_SOURCE, "bedrock:CreateModelCopyJob", context=MADE),
    *refused_to_create(SOURCE, "bedrock:CreateModelCopyJob"),
    *on(COPY_JOB.replace("us-east-1", "us-west-2"), "bedrock:GetModelCopyJob"),
    *on(SOURCE_KEY, "kms:Decrypt", context=THROUGH_S3),
    *on(SOURCE_KEY, "kms:CreateGrant", context=THROUGH_BEDROCK),
    *on(f"{SOURCE_KEY}0", "kms:Decrypt", context=THROUGH_BEDROCK),
    *refused_to_create("*", "bedrock:CreateCustomModel"),
    *on(REGISTERED, "bedrock:GetCustomModel", context=THEIRS),
    *on(arn("sagemaker", "model-package/other/1"), *PACKAGE_RIGHTS),
    *on(PACKAGE, "sagemaker:DeleteModelPackage"),
]
CHECK_ALLOWED: list[Request] = [
    *on("*", "bedrock:ListModelCopyJobs"),
    *on(REGISTERED, "bedrock:DeleteCustomModel", context=OURS),
]
CHECK_DENIED: list[Request] = [
    *(
        request
        for whose in (THEIRS, UNTAGGED)
        for request in on(REGISTERED, "bedrock:DeleteCustomModel", context=whose)
    ),
    *on(SOURCE, "bedrock:CreateModelCopyJob", context=MADE),
    *on("*", "bedrock:CreateCustomModel", context=MADE),
]
