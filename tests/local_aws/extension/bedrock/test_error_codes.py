"""Refusals have codes that the operation lists in botocore's model, and the status of the service."""

from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError

from local_aws import emulator
from tests.local_aws.conftest import Client
from tests.local_aws.servers import code, faults

ABSENT = "arn:aws:bedrock:us-east-1:000000000000:{}/abcdefghijkl"
MODEL = ABSENT.format("custom-model/amazon.nova-micro-v1:0:128k")
READS: list[tuple[str, dict[str, str]]] = [
    ("get_custom_model", {"modelIdentifier": "none"}),
    ("get_custom_model", {"modelIdentifier": MODEL}),
    ("delete_custom_model", {"modelIdentifier": MODEL}),
    ("get_custom_model_deployment", {"customModelDeploymentIdentifier": "none"}),
    ("delete_custom_model_deployment", {"customModelDeploymentIdentifier": ABSENT.format("custom-model-deployment")}),
    ("create_custom_model_deployment", {"modelDeploymentName": "none", "modelArn": MODEL}),
    ("get_provisioned_model_throughput", {"provisionedModelId": "none"}),
    ("delete_provisioned_model_throughput", {"provisionedModelId": ABSENT.format("provisioned-model")}),
    ("get_model_customization_job", {"jobIdentifier": "none"}),
    ("stop_model_customization_job", {"jobIdentifier": "none"}),
    ("list_tags_for_resource", {"resourceARN": ABSENT.format("provisioned-model")}),
]


def refused(client: Any, operation: str, given: dict[str, Any]) -> "pytest.ExceptionInfo[ClientError]":
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**given)
    return error


@pytest.mark.parametrize(("operation", "given"), READS)
def test_what_is_absent_is_not_found_or_with_the_switch_invalid(
    aws: emulator.EmbeddedAws, client: Client, operation: str, given: dict[str, str]
) -> None:
    assert code(refused(client("bedrock"), operation, given)) == "ResourceNotFoundException"

    with faults(aws.endpoint_url, "absent-as-invalid"):
        error = refused(client("bedrock"), operation, given)

    assert code(error) == "ValidationException"
    assert error.value.response["Error"]["Message"] == "The provided model identifier is invalid."
    assert error.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400


CODES = [
    (
        "bedrock",
        "POST",
        "/model-customization/custom-model-deployments",
        "ConflictException",
        "ValidationException",
        400,
    ),
    ("bedrock", "PATCH", "/provisioned-model-throughput/x", "ConflictException", "ValidationException", 400),
    ("bedrock", "DELETE", "/provisioned-model-throughput/x", "ConflictException", "ConflictException", 400),
    ("bedrock", "POST", "/model-customization-jobs/arn:a/b/stop", "ConflictException", "ConflictException", 400),
    ("bedrock", "GET", "/custom-models/arn:a/b", "ThrottlingException", "ThrottlingException", 429),
    ("bedrock", "PUT", "/no/such/operation", "AccessDeniedException", "AccessDeniedException", 403),
    ("bedrock-agent", "DELETE", "/knowledgebases/K/datasources/D", "ConflictException", "ConflictException", 409),
    (
        *("bedrock-agent", "PUT", "/knowledgebases/K/datasources/D/ingestionjobs/"),
        *("ServiceQuotaExceededException", "ServiceQuotaExceededException", 402),
    ),
    ("bedrock-runtime", "POST", "/model/m/converse", "ModelNotReadyException", "ModelNotReadyException", 429),
    ("bedrock-runtime", "POST", "/model/m/converse", "ConflictException", "ValidationException", 400),
]


@pytest.mark.parametrize(("service", "method", "path", "raised", "answered", "status"), CODES)
def test_a_code_is_one_that_the_operation_lists(
    call: Any, service: str, method: str, path: str, raised: str, answered: str, status: int
) -> None:
    assert call("bedrock.error_codes", "code_and_status", service, method, path, raised) == [answered, status]


def test_codes_are_those_of_the_kits_own_botocore() -> None:
    """The embedded AWS has another botocore than the kit: what this file expects is true for both."""
    model = boto3.client("bedrock", region_name="us-east-1").meta.service_model

    listed = {shape.name for shape in model.operation_model("CreateCustomModelDeployment").error_shapes}

    assert "ResourceNotFoundException" in listed
    assert "ConflictException" not in listed
