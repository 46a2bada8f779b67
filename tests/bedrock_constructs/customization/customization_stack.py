"""A stack with the training bucket, two customizations' roles and their workflow, and looks into its template."""

from typing import Any

import aws_cdk as cdk
from aws_cdk import aws_kms as kms
from aws_cdk.assertions import Template

from bedrock_constructs.customization.role import CustomizationRole
from bedrock_constructs.customization.workflow import CustomizationWorkflow, RunSpecification
from bedrock_constructs.training_data_bucket import TrainingDataBucket
from kit_contract.dataset_limits import DatasetLimits

ACCOUNT, REGION = "111122223333", "us-east-1"
KEY_ARN = f"arn:aws:kms:{REGION}:{ACCOUNT}:key/0f0f"
NOVA = "amazon.nova-micro-v1:0:128k"


def empty_stack(context: dict[str, object] | None = None) -> cdk.Stack:
    app = cdk.App(context={"@aws-cdk/aws-s3:serverAccessLogsUseBucketPolicy": True, **(context or {})})
    return cdk.Stack(app, "Test", env=cdk.Environment(account=ACCOUNT, region=REGION))


def workflow_template(*, customer_key: bool = False) -> Template:
    stack = empty_stack()
    key = kms.Key.from_key_arn(stack, "Key", KEY_ARN) if customer_key else None
    bucket = TrainingDataBucket(stack, "Data", removal="retain", allow_data_deletion=False, kms_key=key).bucket
    roles = {
        name: CustomizationRole(
            stack, f"{name}Role", bucket=bucket, data_prefix=f"data/{name}/", output_prefix=f"output/{name}/"
        ).role
        for name in ("support", "sales")
    }
    specifications = [
        RunSpecification(
            customization=name,
            alias=f"{name}-bot",
            base_model=NOVA,
            method="FINE_TUNING",
            hyperparameters={"epochCount": "2"},
            limits=DatasetLimits("converse", 8, 20_000, max_tokens=32_000),
            serving="on-demand",
            deployment_name=f"sup-{name}",
            provisioned_model_name="sup-sales" if name == "sales" else "",
            role=role,
        )
        for name, role in roles.items()
    ]
    CustomizationWorkflow(stack, "Workflow", kit_deployment="sup", bucket=bucket, customizations=specifications)
    return Template.from_stack(stack)


def only(template: Template, resource_type: str) -> dict[str, Any]:
    (resource,) = template.find_resources(resource_type).values()
    return dict(resource["Properties"])


def statements_of(template: Template, role: str = "") -> dict[str, dict[str, Any]]:
    """Sid -> statement, of the policies attached to roles whose logical id contains `role`."""
    found = {}
    for policy in template.find_resources("AWS::IAM::Policy").values():
        if role in str(policy["Properties"]["Roles"]):
            for statement in policy["Properties"]["PolicyDocument"]["Statement"]:
                found[statement.get("Sid", str(statement["Action"]))] = statement
    return found


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
