"""Whether the store of a knowledge base's vectors still exists: Bedrock tells only when it searches."""

from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Clients = Callable[[str], Any]


def look_at_store(clients: Clients, storage: Mapping[str, Any]) -> None:
    """Raises botocore's ClientError if the store is gone. `storage`: the storageConfiguration of GetKnowledgeBase."""
    if vectors := storage.get("s3VectorsConfiguration"):
        clients("s3vectors").get_index(indexArn=vectors["indexArn"])
    if cluster := storage.get("rdsConfiguration"):  # its table is not looked at: that would resume a paused cluster
        clients("rds").describe_db_clusters(DBClusterIdentifier=cluster["resourceArn"])
    if collection := storage.get("opensearchServerlessConfiguration"):
        _collection(clients("opensearchserverless"), collection["collectionArn"])


def _collection(client: Any, arn: str) -> None:
    """Its index can be asked for by the data access policy's principals only."""
    found = client.batch_get_collection(ids=[arn.rpartition("/")[2]])
    if not found["collectionDetails"]:
        message = f"{arn} does not exist"
        raise ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, "BatchGetCollection")
