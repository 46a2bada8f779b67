"""An AWS account for the tests of refresh: clients with recorded shapes, checked against botocore's model."""

import datetime
import json
from typing import Any

import boto3
from botocore.stub import Stubber

from tests.model_catalog.test_service_prices import list_services

MICRO = "amazon.nova-micro-v1:0"
KEYS: dict[str, Any] = {"aws_access_key_id": "a", "aws_secret_access_key": "b"}
LIFE = {"status": "ACTIVE", "startOfLifeTime": datetime.datetime(2024, 12, 5, tzinfo=datetime.UTC)}


def summary(model_id: str, *types: str, **changes: Any) -> dict[str, Any]:
    usual = {
        "modelArn": f"arn:aws:bedrock:us-east-1::foundation-model/{model_id}",
        "modelId": model_id,
        "modelName": "Nova Micro",
        "providerName": "Amazon",
        "inputModalities": ["TEXT"],
        "outputModalities": ["TEXT"],
        "responseStreamingSupported": True,
        "customizationsSupported": [],
        "inferenceTypesSupported": list(types),
        "modelLifecycle": LIFE,
    }
    return usual | changes


def profile(profile_id: str, *regions: str) -> dict[str, Any]:
    arns = [f"arn:aws:bedrock:{region}::foundation-model/{profile_id.split('.', 1)[1]}" for region in regions]
    return {
        "inferenceProfileName": "US Nova Micro",
        "inferenceProfileArn": f"arn:aws:bedrock:us-east-1:111122223333:inference-profile/{profile_id}",
        "inferenceProfileId": profile_id,
        "models": [{"modelArn": arn} for arn in arns],
        "status": "ACTIVE",
        "type": "SYSTEM_DEFINED",
    }


class Account:
    """Clients whose answers are checked against botocore's model. A region without an answer refuses access."""

    def __init__(self) -> None:
        self.stubs: dict[tuple[str, str], Stubber] = {}

    def __call__(self, service: str, region: str) -> Any:
        if (service, region) not in self.stubs:
            self._stub(service, region).add_client_error(
                "list_foundation_models" if service == "bedrock" else "get_products", "AccessDeniedException", "no"
            )
        return self.stubs[service, region].client

    def _stub(self, service: str, region: str) -> Stubber:
        stub = Stubber(boto3.client(service, region_name=region, **KEYS))
        stub.activate()
        self.stubs[service, region] = stub
        return stub

    def region(
        self, name: str, models: list[dict[str, Any]], *profiles: dict[str, Any], absent: str = "", silent: str = ""
    ) -> None:
        stub = self._stub("bedrock", name)
        stub.add_response("list_foundation_models", {"modelSummaries": models}, {})
        for item in models:
            if "ON_DEMAND" in item["inferenceTypesSupported"] and item["modelId"].count(":") < 2:
                if item["modelId"] == silent:
                    stub.add_client_error("get_foundation_model_availability", "ValidationException", "no")
                    continue
                there = "NOT_AVAILABLE" if item["modelId"] == absent else "AVAILABLE"
                stub.add_response(
                    "get_foundation_model_availability",
                    {
                        "modelId": item["modelId"],
                        "agreementAvailability": {"status": "AVAILABLE"},
                        "authorizationStatus": "AUTHORIZED",
                        "entitlementAvailability": "AVAILABLE",
                        "regionAvailability": there,
                    },
                    {"modelId": item["modelId"]},
                )
        stub.add_response(
            "list_inference_profiles", {"inferenceProfileSummaries": list(profiles)}, {"typeEquals": "SYSTEM_DEFINED"}
        )

    def prices(self, *items: dict[str, Any]) -> None:
        stub = self._stub("pricing", "us-east-1")
        for service in ("AmazonBedrock", "AmazonBedrockFoundationModels"):
            listed = [json.dumps(item) for item in items] if service == "AmazonBedrock" else []
            stub.add_response(
                "get_products", {"PriceList": listed}, {"ServiceCode": service, "FormatVersion": "aws_v1"}
            )
        list_services(stub)
