"""Faults of the store of a knowledge base's vectors: settings of another one, and where it can't be made."""

from collections.abc import Iterator

from deployment.checks.aurora_postgresql import aurora_postgresql_faults
from deployment.checks.managed_store import managed_faults
from deployment.sections.deployment import Deployment
from deployment.sections.knowledge_base import KnowledgeBase

# Where the service makes indexes of private collections (CreateIndex):
# https://docs.aws.amazon.com/opensearch-service/latest/developerguide/serverless-semantic-enrichment.html
OPENSEARCH_REGIONS = (
    *("us-east-1", "us-east-2", "us-west-2", "ap-south-1", "ap-southeast-1", "ap-southeast-2", "ap-northeast-1"),
    *("eu-central-1", "eu-west-1", "eu-north-1", "eu-south-2"),
)


def store_faults(item: KnowledgeBase, deployment: Deployment) -> Iterator[str]:
    """Each begins with the setting, without the place of its section."""
    if item.store != "opensearch-serverless" and "standby_replicas" in item.model_fields_set:
        yield f'standby_replicas: only store = "opensearch-serverless" has them, got {item.store}; remove the setting'
    if item.store == "opensearch-serverless":
        yield from _region_faults(deployment)
    yield from aurora_postgresql_faults(item)
    yield from managed_faults(item, deployment)


def _region_faults(deployment: Deployment) -> Iterator[str]:
    if deployment.region not in OPENSEARCH_REGIONS and not deployment.allow_unlisted:
        yield (
            f"store: OpenSearch Serverless makes indexes of private collections in {', '.join(OPENSEARCH_REGIONS)}, "
            f'got region {deployment.region}; use store = "s3-vectors", or set allow_unlisted in [deployment] to try'
        )
