"""The custom resource types of the kit, and the clients that each one works with."""

import time
from collections.abc import Callable

import boto3
from botocore.config import Config

from custom_resources.bucket_objects import BucketObjectsResource
from custom_resources.custom_model_deployment import CustomModelDeploymentResource
from custom_resources.customization_start import CustomizationStartResource
from custom_resources.framework.resource import AsyncResource
from custom_resources.guardrail_versions import GuardrailVersionsResource
from custom_resources.imported_model_serving import ImportedModelServingResource
from custom_resources.ingestion_start import IngestionStartResource
from custom_resources.invocation_logging import InvocationLoggingResource
from custom_resources.model_access import ModelAccessResource
from custom_resources.opensearch_index import OpenSearchIndexResource
from custom_resources.pg_vector_table.resource import PgVectorTableResource
from custom_resources.provisioned_throughput.clients import Clients
from custom_resources.provisioned_throughput.resource import ProvisionedThroughputResource
from custom_resources.provisioned_throughput.start import ProvisionedThroughputStartResource
from custom_resources.role_propagation import RolePropagationResource
from kit_contract.errors import ResourceFailedError

Factory = Callable[[], AsyncResource]


def resource_types(session: boto3.Session, region: str) -> dict[str, Factory]:
    """Every type with the function that makes its resource: an invocation makes the clients of its own type only."""
    # The framework retries throttled calls, with growing pauses; the client must not retry them as well.
    single = Config(region_name=region, read_timeout=20, retries={"mode": "standard", "total_max_attempts": 1})
    # These resources make many calls in one step: one throttled call must not repeat them all.
    retrying = Config(region_name=region, retries={"mode": "standard", "total_max_attempts": 8})
    # The client does not retry the start of a run: it may have started although the answer was lost.
    # It waits for the collector, which may take 13 minutes; meanwhile keep-alive holds the connection.
    # https://docs.aws.amazon.com/lambda/latest/dg/invocation-sync.html
    once = Config(
        region_name=region,
        read_timeout=800,
        tcp_keepalive=True,
        retries={"mode": "standard", "total_max_attempts": 1},
    )
    return {
        "Custom::BedrockModelAccess": lambda: ModelAccessResource(session.client("bedrock", config=retrying), region),
        "Custom::BedrockCustomModelDeployment": lambda: CustomModelDeploymentResource(
            session.client("bedrock", config=single), session.client("ssm", config=retrying)
        ),
        "Custom::BedrockProvisionedThroughput": lambda: ProvisionedThroughputResource(
            Clients(
                bedrock=session.client("bedrock", config=single),
                ssm=session.client("ssm", config=retrying),
                quotas=session.client("service-quotas", config=retrying),
            )
        ),
        "Custom::BedrockCapacityStart": lambda: ProvisionedThroughputStartResource(
            session.client("lambda", config=retrying).invoke
        ),
        "Custom::BucketObjects": lambda: BucketObjectsResource(session.client("s3", config=retrying)),
        "Custom::BedrockIngestionStart": lambda: IngestionStartResource(
            session.client("bedrock-agent", config=retrying),
            session.client("sqs", config=retrying).send_message,
            session.client("ssm", config=retrying),
            time.time,
        ),
        "Custom::BedrockGuardrailVersions": lambda: GuardrailVersionsResource(
            session.client("bedrock", config=retrying)
        ),
        "Custom::BedrockImportedModelServing": lambda: ImportedModelServingResource(
            session.client("ssm", config=retrying)
        ),
        "Custom::BedrockInvocationLogging": lambda: InvocationLoggingResource(
            session.client("bedrock", config=single), session.client("ssm", config=retrying)
        ),
        "Custom::OpenSearchIndex": lambda: OpenSearchIndexResource(
            session.client("opensearchserverless", config=retrying)
        ),
        # A statement may take 45 seconds.
        "Custom::PgVectorTable": lambda: PgVectorTableResource(
            session.client("rds-data", config=single.merge(Config(read_timeout=60))),
            session.client("secretsmanager", config=retrying),
        ),
        "Custom::RolePropagation": lambda: RolePropagationResource(time.sleep),
        "Custom::BedrockCustomizationStart": lambda: CustomizationStartResource(
            session.client("lambda", config=once).invoke
        ),
    }


def resource_of(resource_type: str, session: boto3.Session, region: str) -> AsyncResource:
    known = resource_types(session, region)
    if resource_type not in known:
        raise ResourceFailedError(
            f"resource type must be one of {', '.join(sorted(known))}, got {resource_type}; deploy the kit again"
        )
    return known[resource_type]()
