"""The store as the knowledge base takes it: storage configuration and what the service role may do.

https://docs.aws.amazon.com/bedrock/latest/userguide/kb-permissions.html ("Permissions to access your vector database in
Amazon Aurora"), https://docs.aws.amazon.com/bedrock/latest/userguide/knowledge-base-setup.html (columns)
"""

from collections.abc import Sequence
from dataclasses import dataclass

from aws_cdk import aws_bedrock as bedrock
from constructs import Construct, IDependable

from bedrock_constructs.arguments import check_number, check_whole
from bedrock_constructs.knowledge_base.permissions import allow
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.cluster import DATABASE, VectorCluster
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.network import DatabaseNetwork, isolated_network
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.table import VectorTable
from bedrock_constructs.knowledge_base.stores.store import BuiltStore, StoreRequest
from kit_contract.vector_stores import RDS

LARGEST_CAPACITY = 256  # ACU
COLUMNS = {
    "primary_key_field": "id",
    "vector_field": "embedding",
    "text_field": "chunks",
    "metadata_field": "metadata",
    "custom_metadata_field": "custom_metadata",
}


@dataclass(frozen=True)
class AuroraPostgresql:
    """A cluster for each knowledge base. `min_capacity` 0 to `max_capacity` in ACU (0.5 steps, up to 256).

    At 0 it pauses after `pause_seconds` (300 to 86,400) without requests, costs its storage only, and the next request
    waits some 15 seconds. Without `network` it has one of its own that nothing can enter or leave.
    """

    min_capacity: float = 0
    max_capacity: float = 4
    pause_seconds: int = 300
    network: DatabaseNetwork | None = None
    type = RDS

    def __post_init__(self) -> None:
        check_number("min_capacity", self.min_capacity, 0, LARGEST_CAPACITY)
        check_number("max_capacity", self.max_capacity, max(1, self.min_capacity), LARGEST_CAPACITY)
        for name, capacity in (("min_capacity", self.min_capacity), ("max_capacity", self.max_capacity)):
            if capacity % 0.5:
                raise ValueError(f"{name} must be in steps of 0.5 ACU, got {capacity}; change it")
        check_whole("pause_seconds", self.pause_seconds, 300, 86_400)

    def build(self, request: StoreRequest) -> BuiltStore:
        return _Built(self, request)


class _Built:
    replacing: Sequence[object] = ("aurora-postgresql",)
    wildcards: Sequence[str] = ()
    key_services = ("secretsmanager",)

    def __init__(self, store: AuroraPostgresql, request: StoreRequest) -> None:
        scope = Construct(request.scope, "AuroraPostgresql")
        cluster = VectorCluster(
            scope,
            f"Cluster{request.again}",
            network=store.network or isolated_network(scope, request.removal_policy),
            min_capacity=store.min_capacity,
            max_capacity=store.max_capacity,
            pause_seconds=store.pause_seconds,
            kms_key=request.kms_key,
            removal_policy=request.removal_policy,
        )
        table = VectorTable(scope, f"Table{request.again}", cluster=cluster, request=request)
        self.awaited: Sequence[IDependable] = [table.resource]
        properties = bedrock.CfnKnowledgeBase
        self.storage_configuration = properties.StorageConfigurationProperty(
            type=RDS,
            rds_configuration=properties.RdsConfigurationProperty(
                resource_arn=cluster.arn,
                credentials_secret_arn=table.secret_arn,
                database_name=DATABASE,
                table_name=table.name,
                field_mapping=properties.RdsFieldMappingProperty(**COLUMNS),
            ),
        )
        self.statements = [
            allow("DescribeCluster", ["rds:DescribeDBClusters"], cluster.arn),
            allow("KeepVectors", ["rds-data:ExecuteStatement", "rds-data:BatchExecuteStatement"], cluster.arn),
            allow("ReadCredentials", ["secretsmanager:GetSecretValue"], table.secret_arn),
        ]
        self.permitted_arns = [cluster.arn, table.secret_arn]
