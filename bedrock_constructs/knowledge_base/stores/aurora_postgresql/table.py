"""The table of one embedding model and length of vectors, and the user that Bedrock reads and writes it as."""

import aws_cdk as cdk
from aws_cdk import CustomResource
from aws_cdk import aws_iam as iam
from aws_cdk import aws_secretsmanager as secretsmanager
from constructs import Construct

from bedrock_constructs.custom_resources.provider import CustomResourceProvider
from bedrock_constructs.knowledge_base.permissions import allow
from bedrock_constructs.knowledge_base.stores.aurora_postgresql.cluster import DATABASE, VectorCluster
from bedrock_constructs.knowledge_base.stores.store import StoreRequest
from bedrock_constructs.nag_acknowledgments import acknowledge
from bedrock_constructs.names import stable_digest

SCHEMA = "bedrock_integration"
USER = "bedrock_user"
# One statement at a time, and two together: what is made has its owner's mark.
ACTIONS = ("ExecuteStatement", "BeginTransaction", "CommitTransaction")


class VectorTable(Construct):
    """Exposes `name` (schema.table), `secret_arn` and `resource`."""

    def __init__(self, scope: Construct, construct_id: str, *, cluster: VectorCluster, request: StoreRequest) -> None:
        super().__init__(scope, construct_id)
        self.name = _table_name(request)
        secret = self._secret(request)
        self.secret_arn = secret.ref
        provider = CustomResourceProvider.of(self)
        policy = iam.Policy(self, "Policy", roles=provider.roles, statements=_rights(cluster, secret.ref, request))
        # A policy of its own: it stays until after the Delete, although other knowledge bases may be left.
        self.resource: CustomResource = provider.custom_resource(
            self,
            resource_type="Custom::PgVectorTable",
            properties={
                "ClusterArn": cluster.arn,
                "AdminSecretArn": cluster.admin_secret_arn,
                "CredentialsSecretArn": secret.ref,
                "Database": DATABASE,
                "Table": self.name,
                "Dimensions": str(request.dimensions),
                "DeleteData": str(request.removal_policy is cdk.RemovalPolicy.DESTROY).lower(),
            },
            statements=[],
        )
        # The Data API answers when there is an instance.
        self.resource.node.add_dependency(policy, cluster.instance, secret)

    def _secret(self, request: StoreRequest) -> secretsmanager.CfnSecret:
        generated = secretsmanager.CfnSecret.GenerateSecretStringProperty(
            secret_string_template=f'{{"username":"{USER}"}}',
            generate_string_key="password",
            exclude_punctuation=True,
            password_length=40,
        )
        secret = secretsmanager.CfnSecret(
            self,
            "Credentials",
            description="Bedrock uses the vectors of a knowledge base as this user",
            generate_secret_string=generated,
            kms_key_id=request.kms_key.key_arn if request.kms_key else None,
        )
        secret.apply_removal_policy(request.removal_policy)
        reason = "the user may use one table, and only through the RDS Data API; another password needs a deploy"
        acknowledge(secret, "AwsSolutions-SMG4", reason=reason)
        return secret


def _rights(cluster: VectorCluster, secret_arn: str, request: StoreRequest) -> list[iam.PolicyStatement]:
    statements = [allow("MakeTable", [f"rds-data:{action}" for action in ACTIONS], cluster.arn)]
    statements += [
        allow(f"Read{whose}Secret", ["secretsmanager:GetSecretValue"], arn)
        for whose, arn in (("Admin", cluster.admin_secret_arn), ("Users", secret_arn))
    ]
    if request.kms_key:
        through = {"StringEquals": {"kms:ViaService": f"secretsmanager.{cdk.Stack.of(cluster).region}.amazonaws.com"}}
        statements.append(allow("DecryptSecrets", ["kms:Decrypt"], request.kms_key.key_arn, through))
    return statements


def _table_name(request: StoreRequest) -> str:
    """Vectors of another model or length are in another table, beside the old one until nothing uses that any more."""
    digest = stable_digest(request.scope, f"{request.embedding_model_arn} {request.dimensions}")[:8]
    return f"{SCHEMA}.passages_{digest}{request.again}"
