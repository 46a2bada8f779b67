"""Bedrock's answers about a custom model deployment, and about who owns it."""

import json
from typing import Any

from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from tests.custom_resources.aws import stubbed

ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/abcdefghijkl"
OTHER_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/mmmmmmmmmmmm"
MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/aaaaaaaaaaaa"
NEW_MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/bbbbbbbbbbbb"
PARAMETER = "/bedrock-kit/sup/aliases/bot/serving"


class Fixture:
    def __init__(self) -> None:
        bedrock, self.bedrock = stubbed("bedrock")
        ssm, self.ssm = stubbed("ssm")
        self.resource = CustomModelDeploymentResource(bedrock, ssm)

    def found(
        self,
        status: str = "Active",
        *,
        name: str = "sup-support",
        identifier: str = "sup-support",
        model: str = MODEL,
        **more: Any,
    ) -> None:
        answer = {
            "customModelDeploymentArn": ARN,
            "modelDeploymentName": name,
            "modelArn": model,
            "createdAt": "2026-01-01T00:00:00Z",
            "status": status,
            **more,
        }
        self.bedrock.add_response(
            "get_custom_model_deployment", answer, {"customModelDeploymentIdentifier": identifier}
        )

    def absent(self) -> None:
        self.bedrock.add_client_error("get_custom_model_deployment", "ResourceNotFoundException")

    def forbidden(self, *, listed: str = "sup-support") -> None:
        self.bedrock.add_client_error("get_custom_model_deployment", "AccessDeniedException")
        summary = {
            "customModelDeploymentArn": ARN,
            "customModelDeploymentName": listed,
            "modelArn": MODEL,
            "createdAt": "2026-01-01T00:00:00Z",
            "status": "Active",
        }
        self.bedrock.add_response("list_custom_model_deployments", {"modelDeploymentSummaries": [summary]}, {})

    def tagged(self, deployment: str = "sup") -> None:
        answer = {"tags": [{"key": "bedrock-kit:deployment", "value": deployment}]}
        self.bedrock.add_response("list_tags_for_resource", answer, {"resourceARN": ARN})

    def serving(self, target: str | None) -> None:
        if target is None:
            self.ssm.add_client_error("get_parameter", "ParameterNotFound")
            return
        value = json.dumps({"target_arn": target, "kind": "custom-model-deployment"})
        self.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": PARAMETER})

    def done(self) -> None:
        self.bedrock.assert_no_pending_responses()
        self.ssm.assert_no_pending_responses()
