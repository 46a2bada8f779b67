"""Bedrock's managed knowledge bases: AWS embeds, stores and searches. It decides how it searches.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-create.html
https://docs.aws.amazon.com/bedrock/latest/userguide/kb-managed-ds-s3.html (connector parameters)
"""

from collections.abc import Sequence

from aws_cdk import aws_bedrock as bedrock
from aws_cdk import aws_iam as iam
from constructs import IDependable

from bedrock_constructs.knowledge_base.stores.store import BuiltStore, StoreRequest
from kit_contract.vector_stores import MANAGED


class Managed:
    """AWS's own embedding model. A search takes no type, and RetrieveAndGenerate refuses the knowledge base."""

    type = MANAGED

    def build(self, request: StoreRequest) -> BuiltStore:
        """Raises ValueError for a KMS key: the rights that AWS needs on it are not documented for managed ones."""
        if request.kms_key:
            raise ValueError("kms_key: AWS documents no rights on it for managed knowledge bases; use another store")
        return _Built()


class _Built:
    storage_configuration = None
    statements: Sequence[iam.PolicyStatement] = ()
    wildcards: Sequence[str] = ()
    permitted_arns: Sequence[str] = ()
    awaited: Sequence[IDependable] = ()
    replacing: Sequence[object] = ("managed",)
    key_services: Sequence[str] = ()


def bucket_connector(
    bucket: str, owner: str, prefixes: Sequence[str]
) -> bedrock.CfnDataSource.DataSourceConfigurationProperty:
    """A managed knowledge base refuses the type S3. Documents that are gone go from the index, however many."""
    properties = bedrock.CfnDataSource
    filters = {"filterConfiguration": {"inclusionPrefixes": list(prefixes)}} if prefixes else {}
    connection = {"bucketName": bucket, "bucketOwnerAccountId": owner}
    return properties.DataSourceConfigurationProperty(
        type="MANAGED_KNOWLEDGE_BASE_CONNECTOR",
        managed_knowledge_base_connector_configuration=properties.ManagedKnowledgeBaseConnectorConfigurationProperty(
            connector_parameters={"type": "S3", "version": "1", "connectionConfiguration": connection, **filters},
            deletion_protection_configuration=properties.DeletionProtectionConfigurationProperty(
                deletion_protection_status="DISABLED"
            ),
        ),
    )
