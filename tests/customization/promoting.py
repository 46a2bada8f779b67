"""A promotion with stubbed clients, and Bedrock's answers about deployments and throughputs."""

import json
from datetime import UTC, datetime

from customization.promotion import Promotion
from kit_contract.run_events import PromotionProgress, PromotionTarget
from kit_contract.runs import Run
from tests.customization.aws import MODEL_ARN, a_run, stubbed

DEPLOYMENT_ARN = "arn:aws:bedrock:us-east-1:111122223333:custom-model-deployment/deploydeploy"
THROUGHPUT_ARN = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/provisionpro"
OURS = [{"key": "bedrock-kit:deployment", "value": "sup"}, {"key": "bedrock-kit:alias", "value": "support-bot"}]
NOW = datetime(2026, 11, 24, tzinfo=UTC)
PROVISIONED = a_run(serving="provisioned", provisioned_model_name="sup-support")
BOTH = a_run(provisioned_model_name="sup-support")


class Promoting:
    def __init__(self) -> None:
        bedrock, self.bedrock = stubbed("bedrock")
        ssm, self.ssm = stubbed("ssm")
        self.promotion = Promotion(bedrock=bedrock, ssm=ssm)

    def without(self, operation: str) -> "Promoting":
        self.bedrock.add_client_error(operation, "ResourceNotFoundException")
        return self

    def with_deployment(self, model: str, status: str = "Active", **more: object) -> "Promoting":
        answer = {
            "customModelDeploymentArn": DEPLOYMENT_ARN,
            "modelDeploymentName": "sup-support",
            "modelArn": model,
            "createdAt": NOW,
            "status": status,
            **more,
        }
        expected = {"customModelDeploymentIdentifier": "sup-support"}
        self.bedrock.add_response("get_custom_model_deployment", answer, expected)
        return self

    def with_throughput(self, model: str, desired: str = "", status: str = "InService", **more: object) -> "Promoting":
        answer = {
            "modelUnits": 1,
            "desiredModelUnits": 1,
            "provisionedModelName": "sup-support",
            "provisionedModelArn": THROUGHPUT_ARN,
            "modelArn": model,
            "desiredModelArn": desired or model,
            "foundationModelArn": "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k",
            "status": status,
            "creationTime": NOW,
            "lastModifiedTime": NOW,
            **more,
        }
        self.bedrock.add_response("get_provisioned_model_throughput", answer, {"provisionedModelId": "sup-support"})
        return self

    def with_tags(self, arn: str, tags: list[dict[str, str]]) -> "Promoting":
        self.bedrock.add_response("list_tags_for_resource", {"tags": tags}, {"resourceARN": arn})
        return self

    def with_settings(self, run: Run) -> "Promoting":
        """The deployed settings are those of the run."""
        name = f"/bedrock-kit/sup/customizations/{run.specification.customization}"
        value = json.dumps(run.specification.to_json())
        self.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": name})
        return self

    def status(self, run: Run) -> PromotionProgress:
        return self.with_settings(run).promotion.status(run, MODEL_ARN)

    def promote(self, run: Run) -> PromotionTarget:
        self.with_settings(run)
        result = self.promotion.promote(run, MODEL_ARN)
        self.bedrock.assert_no_pending_responses()
        return result


def update_details(status: str, model: str = MODEL_ARN) -> dict[str, str]:
    return {"modelArn": model, "updateStatus": status}
