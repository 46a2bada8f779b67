"""Properties of one resource of each type, as the constructs write them."""

from typing import Any

from tests.cloudformation_harness.cloudformation import Template

MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/sup-support-0123456789abcdef"
NEW_MODEL = (
    "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/sup-support-fedcba9876543210"
)
THROUGHPUT = "Custom::BedrockProvisionedThroughput"
DEPLOYMENT = "Custom::BedrockCustomModelDeployment"
ACCESS = "Custom::BedrockModelAccess"


def throughput(name: str = "sup-support", **changes: Any) -> Template:
    properties = {
        "SchemaVersion": 1,
        "ProvisionedModelName": name,
        "ModelIdentifier": MODEL,
        "ModelUnits": 1,
        "Alias": "bot",
        "KitDeployment": "sup",
        **changes,
    }
    return {"Throughput": (THROUGHPUT, {key: value for key, value in properties.items() if value is not None})}


def deployment(name: str = "sup-support", **changes: Any) -> Template:
    properties = {
        "SchemaVersion": 1,
        "DeploymentName": name,
        "Alias": "bot",
        "KitDeployment": "sup",
        "ModelIdentifier": MODEL,
        **changes,
    }
    return {"Serving": (DEPLOYMENT, {key: value for key, value in properties.items() if value is not None})}


def access(*models: str) -> Template:
    return {"Access": (ACCESS, {"SchemaVersion": 1, "Models": list(models or ("a.model",)), "RevokeOnDelete": False})}
