"""Whether the store of a knowledge base's vectors still exists: Bedrock tells only when it searches."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from botocore.exceptions import ClientError

Clients = Callable[[str], Any]
STAYS = '; its cluster stays if removal is "retain", and its storage is billed until you delete it'


def look_at_store(clients: Clients, storage: Mapping[str, Any], last_ingestion: str) -> None:
    """Raises botocore's ClientError if the store is gone. `storage`: the storageConfiguration of GetKnowledgeBase.

    `last_ingestion`: the SSM parameter with the result of the last ingestion.
    """
    if vectors := storage.get("s3VectorsConfiguration"):
        clients("s3vectors").get_index(indexArn=vectors["indexArn"])
    if cluster := storage.get("rdsConfiguration"):
        clients("rds").describe_db_clusters(DBClusterIdentifier=cluster["resourceArn"])
        _table(clients("ssm"), cluster["tableName"], last_ingestion)
    if collection := storage.get("opensearchServerlessConfiguration"):
        _collection(clients("opensearchserverless"), collection["collectionArn"])


def _table(ssm: Any, table: str, last_ingestion: str) -> None:
    """PostgreSQL is not asked, which would resume a paused cluster: the last ingestion has seen a dropped table."""
    try:
        result = ssm.get_parameter(Name=last_ingestion)["Parameter"]["Value"]
    except ClientError as error:
        if error.response["Error"]["Code"] != "ParameterNotFound":
            raise
        return
    reasons = json.loads(result).get("failure_reasons") or []
    if any(f'relation "{table}" does not exist' in reason for reason in reasons):
        raise _not_found(f"table {table}", "GetParameter", STAYS)


def _collection(client: Any, arn: str) -> None:
    """Its index can be asked for by the data access policy's principals only."""
    found = client.batch_get_collection(ids=[arn.rpartition("/")[2]])
    if not found["collectionDetails"]:
        raise _not_found(arn, "BatchGetCollection")


def _not_found(what: str, operation: str, more: str = "") -> ClientError:
    message = f"{what} does not exist{more}"
    return ClientError({"Error": {"Code": "ResourceNotFoundException", "Message": message}}, operation)
