"""Custom models from models of Amazon Nova that SageMaker AI trained: CreateCustomModel.

https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ModelPackageArnDataSource.html: who names a model package
needs two rights on it, and no role is passed. AWS's example for a model in S3 passes one, the API does not ask for it.
"""

from collections.abc import Sequence

import aws_cdk as cdk
from aws_cdk import aws_iam as iam
from aws_cdk import aws_stepfunctions as sfn
from constructs import Construct

from bedrock_constructs import ownership
from bedrock_constructs.customization.external.kind import ExternalKind
from bedrock_constructs.nag_acknowledgments import acknowledge_wildcards
from kit_contract.external_models import SAGEMAKER
from kit_contract.runs import RunSpecification

PACKAGE, BUCKET = "CustomModelDataSource", "ModelSourceConfig"


def _grant(scope: Construct, machine: sfn.StateMachine, kit_deployment: str, items: Sequence[RunSpecification]) -> None:
    stack = cdk.Stack.of(scope)
    models = stack.format_arn(service="bedrock", resource="custom-model", resource_name="*")
    # CreateCustomModel takes no resource: the tags in the request keep it to this deployment.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_bedrock.html
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="CreateModels",
            actions=["bedrock:CreateCustomModel"],
            resources=["*"],
            conditions=ownership.served_created(kit_deployment),
        )
    )
    machine.add_to_role_policy(
        iam.PolicyStatement(
            sid="FollowModels",
            actions=["bedrock:GetCustomModel"],
            resources=[models],
            conditions=ownership.own_or_absent(kit_deployment),
        )
    )
    packages = [item.job_members[PACKAGE] for item in items if PACKAGE in item.job_members]
    if packages:
        machine.add_to_role_policy(
            iam.PolicyStatement(
                sid="ReadPackages",
                actions=["sagemaker:DescribeModelPackage", "sagemaker:AccessModelPackageData"],
                resources=sorted({str(item["ModelPackageArnDataSource"]["ModelPackageArn"]) for item in packages}),
            )
        )
    acknowledge_wildcards(scope, [models], reason="Bedrock chooses the ids of models")


SAGEMAKER_MODELS = ExternalKind(
    method=SAGEMAKER,
    verb="Register",
    create="createCustomModel",
    names={"ModelName": "$.custom_model_name"},
    source={PACKAGE: "", BUCKET: "FromBucket"},
    key="ModelKmsKeyArn",
    tags=("ModelTags",),
    created="ModelArn",
    get="getCustomModel",
    identifier="ModelIdentifier",
    model="ModelArn",
    status="ModelStatus",
    busy="Creating",
    done="Active",
    failed="Failed",
    grant=_grant,
    clean=("bedrock:DeleteCustomModel",),
)
