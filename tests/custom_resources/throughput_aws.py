"""Bedrock's and SSM's answers about one provisioned throughput, for the tests of its lifecycle."""

import json
from typing import Any

from botocore.stub import Stubber

from custom_resources.provisioned_throughput import ProvisionedThroughputResource
from tests.custom_resources.aws import TOKEN, stubbed

ARN = "arn:aws:bedrock:us-east-1:111122223333:provisioned-model/abcdefghijkl"
BASE = "arn:aws:bedrock:us-east-1::foundation-model/amazon.nova-micro-v1:0:128k"
MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/aaaaaaaaaaaa"
NEW_MODEL = "arn:aws:bedrock:us-east-1:111122223333:custom-model/amazon.nova-micro-v1:0:128k/bbbbbbbbbbbb"
PARAMETER = "/bedrock-kit/sup/aliases/bot/serving"
TAGS = [
    {"key": "bedrock-kit:deployment", "value": "sup"},
    {"key": "bedrock-kit:alias", "value": "bot"},
    {"key": "bedrock-kit:resource", "value": "sup-training/Thing"},
]


class Fixture:
    def __init__(self) -> None:
        bedrock, self.bedrock = stubbed("bedrock")
        ssm, self.ssm = stubbed("ssm")
        self.resource = ProvisionedThroughputResource(bedrock, ssm)

    def found(self, status: str = "InService", *, identifier: str = "sup-support", **more: Any) -> None:
        answer: dict[str, Any] = {
            "modelUnits": 1,
            "desiredModelUnits": 1,
            "provisionedModelName": "sup-support",
            "provisionedModelArn": ARN,
            "modelArn": MODEL,
            "desiredModelArn": MODEL,
            "foundationModelArn": BASE,
            "status": status,
            "creationTime": "2026-01-01T00:00:00Z",
            "lastModifiedTime": "2026-01-01T00:00:00Z",
        }
        self.bedrock.add_response("get_provisioned_model_throughput", answer | more, {"provisionedModelId": identifier})

    def absent(self) -> None:
        self.bedrock.add_client_error("get_provisioned_model_throughput", "ResourceNotFoundException")

    def tagged(self, tags: list[dict[str, str]] | None = None) -> None:
        self.bedrock.add_response(
            "list_tags_for_resource", {"tags": TAGS if tags is None else tags}, {"resourceARN": ARN}
        )

    def serving(self, target: str | None, model: str = MODEL) -> None:
        if target is None:
            self.ssm.add_client_error("get_parameter", "ParameterNotFound")
            return
        value = json.dumps({"target_arn": target, "kind": "provisioned-throughput", "custom_model_arn": model})
        self.ssm.add_response("get_parameter", {"Parameter": {"Value": value}}, {"Name": PARAMETER})

    def ordered(self, model: str, **more: Any) -> None:
        order = {"provisionedModelName": "sup-support", "modelId": model, "modelUnits": 1, "tags": TAGS}
        self.bedrock.add_response(
            "create_provisioned_model_throughput",
            {"provisionedModelArn": ARN},
            order | {"clientRequestToken": TOKEN} | more,
        )

    def done(self) -> None:
        for stubber in (self.bedrock, self.ssm):
            assert isinstance(stubber, Stubber)
            stubber.assert_no_pending_responses()
