"""An Aurora PostgreSQL cluster of one Serverless v2 instance, with the RDS Data API. L1: the L2 wants an L2 network.

https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-serverless-v2-auto-pause.html (0 ACU: 16.3 or later)
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraPostgreSQL.VectorDB.html (pgvector 0.5.0 or later)

Without a minor version: RDS takes its default. AWS retires each minor, and then creates no cluster of it; it upgrades
clusters by itself, and then neither goes back. CloudFormation's drift detection compares a version as a prefix.
https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-rds-dbinstance.html (EngineVersion)
"""

import aws_cdk as cdk
from aws_cdk import RemovalPolicy
from aws_cdk import aws_kms as kms
from aws_cdk import aws_rds as rds
from constructs import Construct

from bedrock_constructs.knowledge_base.stores.aurora_postgresql.network import DatabaseNetwork
from bedrock_constructs.nag_acknowledgments import acknowledge
from kit_contract.tags import RESOURCE_TAG

ENGINE, ENGINE_VERSION = "aurora-postgresql", "17"
ADMINISTRATOR, DATABASE = "kit_administrator", "knowledge"
PORT = 5433
DAYS_OF_BACKUPS = 7


class VectorCluster(Construct):
    """Exposes `arn` and `admin_secret_arn`: RDS makes, keeps and rotates that secret.

    `min_capacity` and `max_capacity` in ACU; at 0 it pauses after `pause_seconds` without requests.
    """

    def __init__(
        self,
        scope: Construct,
        construct_id: str,
        *,
        network: DatabaseNetwork,
        min_capacity: float,
        max_capacity: float,
        pause_seconds: int,
        kms_key: kms.IKey | None,
        removal_policy: RemovalPolicy,
    ) -> None:
        super().__init__(scope, construct_id)
        kept = removal_policy is not RemovalPolicy.DESTROY
        subnets = rds.CfnDBSubnetGroup(
            self,
            "Subnets",
            db_subnet_group_description="Of a knowledge base's vectors",
            subnet_ids=list(network.subnet_ids),
        )
        scaling = rds.CfnDBCluster.ServerlessV2ScalingConfigurationProperty(
            min_capacity=min_capacity,
            max_capacity=max_capacity,
            seconds_until_auto_pause=pause_seconds if min_capacity == 0 else None,
        )
        secret = rds.CfnDBCluster.MasterUserSecretProperty(kms_key_id=kms_key.key_arn) if kms_key else None
        self.resource = cluster = rds.CfnDBCluster(
            self,
            "Cluster",
            engine=ENGINE,
            engine_version=ENGINE_VERSION,
            database_name=DATABASE,
            port=PORT,
            master_username=ADMINISTRATOR,
            manage_master_user_password=True,
            master_user_secret=secret,
            enable_http_endpoint=True,
            enable_iam_database_authentication=True,
            serverless_v2_scaling_configuration=scaling,
            db_subnet_group_name=subnets.ref,
            vpc_security_group_ids=list(network.security_group_ids),
            storage_encrypted=True,
            kms_key_id=kms_key.key_arn if kms_key else None,
            backup_retention_period=DAYS_OF_BACKUPS if kept else 1,
            copy_tags_to_snapshot=True,
        )
        self.instance = rds.CfnDBInstance(
            self,
            "Instance",
            db_cluster_identifier=cluster.ref,
            db_instance_class="db.serverless",
            engine=ENGINE,
            publicly_accessible=False,
            auto_minor_version_upgrade=True,
        )
        for resource in (cluster, self.instance, subnets):
            resource.apply_removal_policy(removal_policy)
        # CloudFormation could not roll back a first deploy that fails later. A cluster to keep stays with its policy.
        reason = "a failed deploy must be able to roll back; a kept cluster stays, and its vectors can be made again"
        acknowledge(cluster, "AwsSolutions-RDS10", reason=reason)
        stack = cdk.Stack.of(self)
        cdk.Tags.of(cluster).add(RESOURCE_TAG, f"{stack.stack_name}/{stack.get_logical_id(cluster)}")  # for `kit reap`
        self.arn = cluster.attr_db_cluster_arn
        self.admin_secret_arn = cluster.attr_master_user_secret_secret_arn
