"""An index of OpenSearch Serverless as a knowledge base's store: its fields, its dimensions, and who may use it.

https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (fields and engine)
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-create-security.html (data access and network policies)
"""

from typing import Any

from ministack.services import opensearchserverless as aoss

from local_aws.extension.bedrock.service_roles import role_allows_on
from local_aws.extension.opensearch_indexes import admits, permits, schema_of

TYPE = "OPENSEARCH_SERVERLESS"
INVALID = "The knowledge base storage configuration provided is invalid..."
NEEDED = ("aoss:DescribeIndex", "aoss:ReadDocument", "aoss:WriteDocument")


def fault(configuration: dict[str, Any], role_arn: str, dimensions: int | None) -> str | None:
    """Why Bedrock refuses the OpensearchServerlessConfiguration of a template, None if it doesn't."""
    arn, index = configuration["CollectionArn"], configuration["VectorIndexName"]
    identifier = arn.rpartition("/")[2]
    collection, schema = aoss._collections.get(identifier), schema_of(identifier, index)
    if collection is None or not role_allows_on(role_arn, "aoss:APIAccessAll", arn, _tags(arn)):
        return f"{INVALID} Request failed: [http_exception] server returned 403: {role_arn} may not use {arn}"
    name = collection["name"]
    if not admits(name, "bedrock.amazonaws.com"):
        return f"{INVALID} Request failed: [http_exception] server returned 401: {name} admits no Bedrock"
    if not all(permits(name, index, permission, role_arn) for permission in NEEDED):
        return f"{INVALID} Request failed: [security_exception] 403 Forbidden"
    if schema is None:
        return f"{INVALID} Dependency error document status code: 404, error message: no such index [{index}]"
    return _mapping_fault(configuration["FieldMapping"], schema, dimensions)


def _tags(arn: str) -> dict[str, str]:
    """Condition keys: roles of the kit have rights on the collections of their deployment only."""
    return {f"aws:resourcetag/{tag['key']}".lower(): tag["value"] for tag in aoss._tags.get(arn, [])}


def _mapping_fault(fields: dict[str, str], schema: dict[str, Any], dimensions: int | None) -> str | None:
    properties = schema.get("mappings", {}).get("properties", {})
    vector = properties.get(fields["VectorField"], {})
    if vector.get("type") != "knn_vector":
        return f"{INVALID} The {fields['VectorField']} field is not of type knn_vector"
    if (engine := vector.get("method", {}).get("engine")) != "faiss":
        return f"{INVALID} The engine of the index must be faiss, got {engine}"
    if dimensions and vector.get("dimension") != dimensions:
        return f"{INVALID} Query vector has invalid dimension: {dimensions}. Dimension should be: {vector['dimension']}"
    missing = [name for name in (fields["TextField"], fields["MetadataField"]) if name not in properties]
    return f"{INVALID} The index has no field {missing[0]}" if missing else None
